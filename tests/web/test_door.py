"""The door: a program that is started once more opens the page of the first."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from backstretch.errors import SetupError
from backstretch.web import door as door_module
from backstretch.web.door import ADDRESS, INVITATION, LOCK, Door
from backstretch.web.gate import TOKEN_S
from tests.cli.test_live import Home
from tests.web.guests import Guest
from tests.web.served import program

URL = "http://127.0.0.1:1234/"


@pytest.fixture
def door(tmp_path):
    with Door(tmp_path).only_one() as is_only:
        assert is_only
        yield Door(tmp_path)


def mode(path):
    return path.stat().st_mode & 0o777


class TestSecond:
    def test_finds_the_first_and_lets_a_browser_in_there(self, tmp_path, door):
        door.is_at(URL)
        with Door(tmp_path).only_one() as is_only:
            assert not is_only
            url, invitation = Door(tmp_path).invitation_to_other()
        assert url == URL
        token = invitation.removeprefix(f"{URL}enter?token=")
        assert len(token) >= 43  # 256 bits
        assert door.takes(token)
        assert not door.takes(token), "it works once"

    def test_has_no_late_and_no_other_token_taken(self, tmp_path, door):
        door.is_at(URL)
        _, invitation = Door(tmp_path).invitation_to_other()
        assert not door.takes("another")
        late = (datetime.now().astimezone() - timedelta(seconds=TOKEN_S + 1)).timestamp()
        os.utime(tmp_path / INVITATION, (late, late))
        assert not door.takes(invitation.partition("token=")[2])

    def test_leaves_files_that_only_their_owner_may_read(self, tmp_path, door):
        door.is_at(URL)
        Door(tmp_path).invitation_to_other()
        opener = door.opener(f"{URL}enter?token=secret")
        assert opener.startswith("file://")
        names = (ADDRESS, INVITATION, "app.html")
        assert {mode(tmp_path / name) for name in names} == {0o600}

    def test_says_so_where_the_first_does_not_say_where_it_is(self, tmp_path, door, monkeypatch):  # noqa: ARG002
        monkeypatch.setattr(door_module, "START_S", 0.1)
        with pytest.raises(SetupError, match="open already"):
            Door(tmp_path).invitation_to_other()

    def test_is_the_first_after_that_has_ended(self, tmp_path):
        with Door(tmp_path).only_one() as is_only:
            assert is_only
            Door(tmp_path).is_at(URL)
        assert {path.name for path in tmp_path.iterdir()} <= {LOCK}
        with Door(tmp_path).only_one() as is_only:
            assert is_only


def started(home, *options):
    return subprocess.run(
        [sys.executable, "-m", "backstretch", "app", *options],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env=home.environment(),
    )


def kill_one(folder):
    with program(folder) as running:
        running.process.kill()
        running.process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")
class TestProgram:
    def test_started_once_more_lets_a_browser_into_the_first_and_ends(self, tmp_path):
        with program(tmp_path) as running:
            done = started(running.home, "--no-browser", "--port", "8123")
            assert (done.returncode, done.stderr) == (0, "")
            invitation, settings = done.stdout.splitlines()
            assert running.origin in invitation
            assert "settings" in settings
            path = invitation.partition(running.origin)[2]
            port = int(running.origin.rpartition(":")[2])
            assert Guest(port).ask(path).status == 200
            assert Guest(port).ask(path).status == 401

    def test_that_was_killed_is_not_in_the_way(self, tmp_path):
        with pytest.raises(AssertionError, match="-9"):
            kill_one(tmp_path)
        with program(tmp_path) as running:
            assert "enter?token=" in running.invitation

    def test_with_a_camera_that_is_not_there_says_so(self, tmp_path):
        done = started(Home(tmp_path), "--camera", str(tmp_path / "none.mp4"))
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
