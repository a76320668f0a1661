"""Settings that all tests share."""

import pytest
from hypothesis import settings

from tests.browser import chromium

settings.register_profile("backstretch", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("backstretch")


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened
