"""The program from Python: light to import, typed, and the same as the command line."""

import json
import subprocess
import sys
from contextlib import redirect_stdout
from importlib import resources
from io import StringIO
from runpy import run_path

import pytest

import backstretch
from backstretch import api
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.kinematics.landmarks import LandmarkTrack
from tests.figures import every, moments, side_bend
from tests.places import DOCS, PACKAGE, POSE_FILES, SAMPLES

LEANS = [(0.0, 0.0), (2.0, 0.0), (4.0, 25.0), (14.0, 25.0), (15.0, 0.0), (17.0, 0.0)]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A landmark track of a side bend to the left, held for some ten seconds."""
    found = moments(lambda lean: side_bend(lean).seen(0.0), LEANS, every(15.0, 17.0))
    track = LandmarkTrack.of(found, side_bend(0.0).seen(0.0).image_wh)
    path = tmp_path_factory.mktemp("track") / "bend.npz"
    Recording(track, Source("bend.mp4", 17.0, 15.0, len(found), 640, 480)).save(path)
    return path


def python(code, *arguments):
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


class TestImport:
    def test_loads_nothing_heavy(self):
        loaded = json.loads(
            python("import backstretch, json, sys; print(json.dumps(list(sys.modules)))")
        )
        assert not {"numpy", "cv2", "mediapipe", "av", "typer", "rich"} & set(loaded)
        assert [name for name in loaded if name.startswith("backstretch.")] == []

    @pytest.mark.parametrize("name", backstretch.__all__)
    def test_gives_every_name_that_is_promised(self, name):
        assert getattr(backstretch, name) is not None
        assert name in dir(backstretch)

    def test_promises_the_whole_of_the_api(self):
        assert {*backstretch.__all__} == {*api.__all__, "__version__"}

    def test_no_promised_name_is_hidden_by_a_module(self):
        modules = {path.stem for path in PACKAGE.glob("*.py")}
        assert not modules & {*backstretch.__all__}

    def test_an_unknown_name_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match="no attribute 'analyse'"):
            _ = backstretch.analyse

    def test_says_that_it_is_typed(self):
        assert resources.files("backstretch").joinpath("py.typed").is_file()

    @pytest.mark.parametrize("name", api.__all__)
    def test_every_name_is_described(self, name):
        assert getattr(api, name).__doc__


class TestAnalyze:
    def test_gives_the_holds_of_a_track(self, path):
        result = backstretch.analyze(path, "standing_side_bend")
        (held,) = result.holds
        assert isinstance(result, backstretch.Result)
        assert isinstance(held, backstretch.Held)
        assert isinstance(held.hold, backstretch.Hold)
        assert held.form.side == "left"
        assert held.hold.valid_s == pytest.approx(11, abs=1)

    def test_gives_the_same_as_the_command_line(self, path):
        printed = python(
            "from backstretch.cli.app import main; main()",
            *("analyze", path, "--pose", "standing_side_bend", "--library", "--json"),
        )
        result = backstretch.analyze(path, "standing_side_bend")
        assert json.loads(printed) == json.loads(json.dumps(result.as_dict()))

    def test_recognises_what_was_not_asked_for(self, path):
        result = backstretch.analyze(str(path))
        assert result.as_dict()["pose"] is None
        assert {held.form.pose.id for held in result.holds} == {"standing_side_bend"}

    def test_takes_a_pose_and_a_side(self, path):
        bend = backstretch.pose("standing_side_bend")
        assert backstretch.analyze(path, bend, "right").holds == ()
        assert len(backstretch.analyze(path, bend, "left").holds) == 1

    def test_takes_a_mirror_image_for_the_other_side(self, path):
        (held,) = backstretch.analyze(path, "standing_side_bend", mirrored=True).holds
        assert held.form.side == "right"

    def test_looks_at_a_part_and_asks_for_a_length(self, path):
        result = backstretch.analyze(path, "standing_side_bend", hold_s=5, end_s=10.0)
        assert result.as_dict()["holds"][0]["complete"]
        assert result.holds[0].hold.end_s <= 10.0

    def test_writes_the_files_when_asked(self, path, tmp_path):
        result = backstretch.analyze(path, "standing_side_bend", out=tmp_path / "out")
        written = json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
        assert written == json.loads(json.dumps(result.as_dict()))
        names = {each.name for each in (tmp_path / "out").iterdir()}
        assert names >= {"landmarks.npz", "result.json", "steps.csv"}

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"pose": "standing_side_bent"}, "did you mean standing_side_bend"),
            ({"side": "middle"}, "use left, right or both"),
            ({"pose": "childs_pose", "side": "left"}, "both sides at once"),
            ({"hold_s": 0.5}, "1 to 120 seconds"),
            ({"start_s": 5.0, "end_s": 5.0}, "not after start_s"),
            ({"start_s": -1.0}, "before the beginning"),
            ({"start_s": 99.0}, "there is nothing"),
            ({"model": "a.task"}, "is a landmark track"),
        ],
    )
    def test_refuses_what_cannot_be(self, path, wrong, said):
        with pytest.raises(backstretch.InputError, match=said):
            backstretch.analyze(path, **wrong)

    def test_refuses_what_is_no_recording(self, tmp_path):
        with pytest.raises(backstretch.InputError):
            backstretch.analyze(tmp_path / "nothing.mp4")

    @pytest.mark.model
    def test_watches_a_video_and_tells_how_far_it_is(self):
        told: list[float] = []
        result = backstretch.analyze(
            SAMPLES / "side_bend.mp4", start_s=3.0, end_s=4.0, progress=told.append
        )
        assert result.seen == 1.0
        assert told == sorted(told)
        assert told[-1] == pytest.approx(4.0, abs=0.1)


def test_all_poses_are_those_of_the_library_in_order():
    ids = [pose.id for pose in backstretch.all_poses()]
    assert ids == sorted(path.stem for path in POSE_FILES.glob("*.toml"))
    assert all(isinstance(pose, backstretch.Pose) for pose in backstretch.all_poses())


def test_a_pose_is_found_by_id_and_by_file():
    path = POSE_FILES / "childs_pose.toml"
    assert backstretch.pose(str(path)) == backstretch.pose("childs_pose")


def test_a_track_is_read(path):
    recording = backstretch.load_track(path)
    assert isinstance(recording, backstretch.Recording)
    assert recording.track.world_m.shape == (len(recording.track), 33, 3)


def test_the_example_prints_the_holds(path):
    example = run_path(str(DOCS / "example.py"))
    with redirect_stdout(StringIO()) as printed:
        example["main"](path, "standing_side_bend")
    assert ", left: 1" in printed.getvalue()
    assert example["SAMPLE"].is_file()
