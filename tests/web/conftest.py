"""A home in whose network a phone can be the camera, for all tests about it."""

import pytest

from tests.web.phones import house


@pytest.fixture(scope="module")
def home_network(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        with house(tmp_path_factory.mktemp("home")) as opened:
            yield opened


@pytest.fixture
def home(home_network):
    """The same with no phone and no session, before and afterwards."""
    yield home_network
    home_network.phone.end()
    home_network.visit.finish({})
