"""What `backstretch calibrate` cannot use: one line that says why, and nothing is written."""

import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pytest

from backstretch.vision.video_reader import VideoReader
from tests.cli.test_calibrate import FOLD, FPS, LEFT, Person, filmed, saved
from tests.cli.test_live import complaint, ended
from tests.figures import BACK, LEFT_SIDE, every, folded, moments, reaching, side_bend
from tests.guided_actor import BEND, BEND_DEG
from tests.media import write_video
from tests.places import SAMPLES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")
QUIET = ("--no-window", "--no-voice")


@pytest.fixture
def person(tmp_path):
    return Person(tmp_path)


@pytest.fixture(scope="module")
def takes(tmp_path_factory):
    """A folder with all kinds of takes."""
    folder = tmp_path_factory.mktemp("takes")
    filmed(folder / "good.npz", LEFT)
    filmed(folder / "stiff.npz", side_bend(9.0))
    filmed(folder / "reach.npz", reaching(5.0))
    filmed(folder / "fold.npz", FOLD, camera_deg=LEFT_SIDE)
    filmed(folder / "other_fold.npz", folded(60.0), camera_deg=LEFT_SIDE)
    filmed(folder / "aside.npz", LEFT, camera_deg=LEFT_SIDE)
    filmed(folder / "behind.npz", LEFT, camera_deg=BACK)
    filmed(folder / "rest.npz")
    filmed(folder / "short.npz", rest_s=0.5)
    saved(folder / "nobody.npz", [(n / FPS, None) for n in range(40)])
    saved(folder / "restless.npz", swaying())
    (folder / "text.npz").write_text("Dear diary, today I stretched.\n")
    (folder / "folder.toml").mkdir()
    return folder


def swaying():
    """Somebody who leans to the side and back without a pause."""
    turns = [(float(t), BEND_DEG * (t % 2)) for t in range(12)]
    return moments(lambda deg: side_bend(deg).seen(0.0), turns, every(FPS, 11.0))


@pytest.fixture
def refusal(person, takes):
    """Ask for something that cannot be had: the one line that says why. Nothing may be written.

    A word that begins with @ is a file among the takes.
    """

    def refused(*arguments):
        before = sorted(takes.rglob("*"))
        words = [takes / each[1:] if each.startswith("@") else each for each in arguments]
        said = complaint(person.calibrate(*words))
        assert not person.path.exists()
        assert sorted(takes.rglob("*")) == before
        return said.replace(f"{takes}/", "@")

    return refused


GOOD = ("--from", "@good.npz")
UNCLEAR = [
    ((), "say what to calibrate: a stretch, or --new ID, or --neutral"),
    ((BEND.id, "--new", "my_bend", *GOOD), "say what to calibrate: "),
    ((BEND.id, "--neutral", *GOOD), "say what to calibrate: "),
    (
        (BEND.id,),
        "say what to use: --from camera, or --from FILE (a video, photograph or landmark track)",
    ),
    ((BEND.id, "--from", "camera", *GOOD), "--from camera cannot be combined"),
    ((BEND.id, "--from", "camera", "--start", "3"), "--from camera cannot be combined"),
    ((BEND.id, "--from", "camera", "--end", "3"), "--from camera cannot be combined"),
    ((BEND.id, *GOOD, "--start", "5", "--end", "4"), "--end 4 is not after --start 5"),
    ((BEND.id, *GOOD, "--still", "0.5"), "Invalid value for '--still'"),
    ((BEND.id, *GOOD, "--still", "6"), "Invalid value for '--still'"),
    ((BEND.id, *GOOD, "--side", "up"), "Invalid value for '--side'"),
    ((BEND.id, *GOOD, "--takes", "9"), "Invalid value for '--takes'"),
    ((BEND.id, *GOOD, "--poses", "@none"), "@none: there is no such folder"),
    (("side_bend", *GOOD), "no pose is called 'side_bend'; did you mean "),
    (
        ("standing_forward_fold", *GOOD, "--side", "left"),
        "standing_forward_fold is done on both sides at once; leave out --side",
    ),
]


@pytest.mark.parametrize(("arguments", "words"), UNCLEAR, ids=lambda each: str(each)[:60])
def test_what_is_asked_for_must_be_clear(refusal, arguments, words):
    assert refusal(*arguments).startswith(words)


SOURCES = [
    ((BEND.id, "@none.mp4"), "@none.mp4: there is no such file"),
    ((BEND.id, "@none.npz"), "@none.npz: there is no such file"),
    ((BEND.id, "@folder.toml"), "@folder.toml: is a folder"),
    ((BEND.id, "@text.npz"), "@text.npz: is not a landmark track, or a damaged one"),
    ((BEND.id, "@nobody.npz"), "nobody.npz: nobody is seen in it"),
    ((BEND.id, "@reach.npz"), f"reach.npz: this looks like Overhead reach, not {BEND.name}"),
    (
        (BEND.id, "@rest.npz"),
        f"rest.npz: {BEND.name} is not seen in it: the left upper arm angle from upright is 179",
    ),
    (
        (BEND.id, "@restless.npz"),
        "restless.npz: you keep still for less than one second; 1 s are needed",
    ),
    ((BEND.id, "@short.npz"), "short.npz: is 0.4 s long; you must keep still for 1 s"),
    ((BEND.id, "@good.npz", "--end", "7", "--still", "5"), "good.npz: you keep still for 3."),
    ((BEND.id, "@behind.npz"), "behind.npz: the camera sees you from behind; "),
    ((BEND.id, "@aside.npz"), f"aside.npz: {BEND.name} is not seen in it: the sideways lean is "),
    ((BEND.id, "@good.npz", "--side", "right"), f"good.npz: shows {BEND.name} on the other side"),
    ((BEND.id, "@good.npz", "--start", "99"), "@good.npz: has nothing from 99 s"),
    ((BEND.id, "@good.npz", "--end", "1.5"), f"good.npz: {BEND.name} is not seen in it"),
    ((BEND.id, "@stiff.npz", "--start", "4"), "stiff.npz: it begins in the stretch; begin sitting"),
    (
        (BEND.id, "@good.npz", "--model", "@m.task"),
        "@good.npz: is a landmark track and needs no model",
    ),
    ((BEND.id, "@good.npz", "--from", "@nobody.npz"), "nobody.npz: nobody is seen in it"),
    (("--new", "my_rest", "@rest.npz"), "rest.npz: the position cannot be told from "),
    (("--new", "my_rest", "@nobody.npz"), "nobody.npz: nobody is seen in it"),
    (
        ("--new", "my_bow", "@fold.npz", "--from", "@other_fold.npz"),
        "other_fold.npz: shows another position than the other takes",
    ),
    (("--neutral", "@nobody.npz"), "nobody.npz: nobody is seen in it"),
    (("--neutral", "@restless.npz"), "restless.npz: you keep still for less than one second"),
    (
        ("--neutral", "@fold.npz", "--start", "3.8", "--end", "8.2"),
        "fold.npz: there is no moment of sitting or standing upright, looking straight ahead",
    ),
]


def called(arguments):
    return " ".join(arguments) if isinstance(arguments, tuple) else ""


@pytest.mark.parametrize(("arguments", "words"), SOURCES, ids=called)
def test_a_take_must_show_what_is_needed(refusal, arguments, words):
    at = next(n for n, each in enumerate(arguments) if each.startswith("@"))
    arguments = (*arguments[:at], "--from", *arguments[at:])
    assert refusal(*arguments).startswith(words)


DESTINATIONS = [
    (("--new", "childs_pose"), "the id 'childs_pose' is taken by a stretch of the library"),
    (("--new", ""), "'' cannot be an id; use only small letters, digits and _, like my_stretch"),
    (("--new", "../my_bend"), "'../my_bend' cannot be an id"),
    (("--new", "/my_bend"), "'/my_bend' cannot be an id"),
    (("--new", "My_Bend"), "'My_Bend' cannot be an id"),
    (("--new", "my bend"), "'my bend' cannot be an id"),
    (("--new", "my_bend.toml"), "'my_bend.toml' cannot be an id"),
    (
        ("--new", "my_bend", "--out", "@bow.toml"),
        "--out @bow.toml: the file's name becomes the id; call",
    ),
    (
        (BEND.id, "--out", "@My_Bend.toml"),
        "--out @My_Bend.toml: the file's name becomes the id; use",
    ),
    (
        (BEND.id, "--out", "@my_bend.txt"),
        "--out @my_bend.txt: the name of a pose file must end in .toml",
    ),
    ((BEND.id, "--out", "@my_bend"), "--out @my_bend: the name of a pose file must end in .toml"),
    ((BEND.id, "--out", "@folder.toml"), "@folder.toml: is a folder; name a file"),
    ((BEND.id, "--out", "@good.npz/my_bend.toml"), "@good.npz/my_bend.toml: cannot be written"),
    (
        (BEND.id, "--out", "@good.npz/new/my_bend.toml"),
        "@good.npz/new/my_bend.toml: cannot be written",
    ),
]


@pytest.mark.parametrize(("arguments", "words"), DESTINATIONS, ids=called)
def test_a_reference_must_have_a_place(refusal, arguments, words):
    assert refusal(*arguments, *GOOD).startswith(words)


def test_a_data_folder_that_is_a_file_is_left_as_it_is(person, takes):
    person.path.write_text("mine")
    said = complaint(person.calibrate_outside(BEND.id, "--from", takes / "good.npz"))
    assert said.startswith(f"{person.reference()}: cannot be written")
    assert person.path.read_text() == "mine"


def test_a_folder_that_nothing_may_be_written_to_is_told(person, takes):
    person.path.mkdir()
    person.path.chmod(0o500)
    if os.access(person.path, os.W_OK):
        pytest.skip("this user may write everywhere")
    said = complaint(person.calibrate_outside(BEND.id, "--from", takes / "good.npz"))
    assert said.startswith(f"{person.reference()}: cannot be written")


def test_a_new_stretch_of_the_users_own_is_not_written_over(person, takes):
    path = person.reference("my_bow")
    path.parent.mkdir(parents=True)
    path.write_text("from yesterday")
    said = complaint(person.calibrate_outside("--new", "my_bow", "--from", takes / "fold.npz"))
    assert said == f"{path}: exists already; add --force to replace it"
    assert path.read_text() == "from yesterday"


def test_a_neutral_that_is_damaged_is_told(person, takes):
    path = person.data / "neutral.toml"
    path.parent.mkdir(parents=True)
    path.write_text("date = 3")
    said = complaint(person.calibrate_outside(BEND.id, "--from", takes / "good.npz"))
    assert said.startswith(f"{path}: is damaged; delete it")
    assert person.files == ["neutral.toml"]


# With the model


@pytest.fixture(scope="module")
def photograph(tmp_path_factory):
    """A picture of somebody in an upper trapezius stretch."""
    import cv2

    with VideoReader(SAMPLES / "upper_trapezius.mp4") as reader:
        image = next(iter(reader.frames(8.0, 9.0))).image
    path = tmp_path_factory.mktemp("photograph") / "me.png"
    cv2.imwrite(str(path), np.ascontiguousarray(image[..., ::-1]))
    return path


@pytest.mark.model
class TestAPhotograph:
    def test_says_nothing_of_a_stretch_that_is_counted_from_rest(self, person, photograph):
        said = complaint(person.calibrate_outside("neck_rotation", "--from", photograph))
        assert said.startswith("me.png: is a single picture, but the head turn is measured from")
        assert person.files == []

    def test_says_nothing_of_a_stretch_that_is_told_by_its_movement(self, person, photograph):
        said = complaint(person.calibrate_outside("pelvic_tilt", "--from", photograph))
        assert said.startswith(
            "me.png: is a single picture, but Pelvic tilt is recognised by its movement"
        )


@pytest.mark.model
class TestACamera:
    def test_that_is_not_there_is_told(self, person):
        said = complaint(
            person.calibrate_outside(BEND.id, "--from", "camera", "--camera", "99", *QUIET)
        )
        assert said.startswith("camera 99 is not there")
        assert person.files == []

    def test_whose_pictures_end_too_soon_makes_nothing(self, person):
        grey = np.full((240, 320, 3), 180, np.uint8)
        room = write_video(person.takes / "room.mp4", [grey] * 25, range(0, 1000, 40))
        done = person.calibrate_outside(BEND.id, "--from", "camera", "--camera", room, *QUIET)
        assert done.returncode == 2
        assert done.stderr == (
            "backstretch: the window was closed or the video ended before all takes were done; "
            "nothing was saved\n"
        )
        assert person.files == []


def looking(process, terminal):
    """Wait until the program shows that it is looking at a video."""
    shown = b""
    for _ in range(600):
        assert process.poll() is None, shown
        shown += os.read(terminal, 1024)
        if b"Watching" in shown:
            return
        time.sleep(0.05)
    raise TimeoutError


def what_is_left(terminal):
    """All that stands on a terminal which nobody writes to any more."""
    shown = b""
    with suppress(OSError):
        while part := os.read(terminal, 1024):
            shown += part
    return shown.decode()


@pytest.mark.model
def test_a_video_that_is_interrupted_leaves_nothing(person):
    reader, terminal = pty.openpty()
    command = [sys.executable, "-m", "backstretch", "calibrate", BEND.id]
    command += ["--from", str(SAMPLES / "side_bend.mp4")]
    environment = {**person.environment(), "TERM": "xterm"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=terminal, env=environment
    ) as process:
        os.close(terminal)
        looking(process, reader)
        process.send_signal(signal.SIGINT)
        done = ended(process)
    said = what_is_left(reader)
    os.close(reader)
    assert (done.returncode, done.stdout) == (130, b"")
    assert "backstretch: stopped; nothing was saved" in said
    assert "Traceback" not in said
    assert person.files == []
