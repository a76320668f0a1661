"""Settings that all tests share."""

import atexit
import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from tests.browser import chromium

# Where Python is told to keep no compiled files, each of hundreds of runs would compile the program again.
if sys.dont_write_bytecode:
    compiled = TemporaryDirectory(prefix="compiled")
    atexit.register(compiled.cleanup)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = compiled.name
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False

settings.register_profile("backstretch", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("backstretch")


def pytest_xdist_auto_num_workers(config):
    """One more than there are cores, since real-time tests wait most of the time.

    None for single files: to start workers would take longer than they save.
    """
    paths = [Path(argument.partition("::")[0]) for argument in config.args]
    return 0 if all(path.is_file() for path in paths) else 1 + (os.cpu_count() or 1)


def pytest_collection_modifyitems(items):
    """Files that run the model come first: they take long, and no core shall wait for the last of them."""
    with_model = {item.path for item in items if item.get_closest_marker("model")}
    items.sort(key=lambda item: item.path not in with_model)


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory):
    """Nothing depends on who starts the tests: no terminal's width, no data of theirs, no ignored Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened
