"""Tracks that survive the disk, and folders that are written whole or not at all."""

import csv
import json
import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.errors import InputError, Notice, NoticeKind
from backstretch.files import output_folder
from backstretch.formats.result_files import StepsFile
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form
from backstretch.judging.reasons import Reason, ReasonKind
from backstretch.judging.step import Step
from backstretch.kinematics.columns import COLUMNS
from backstretch.kinematics.landmarks import COUNT, GrowingTrack, Landmarks, LandmarkTrack
from backstretch.poses.pose_file import load_pose
from backstretch.vision.head_line import line_by_ears
from tests.places import POSE_FILES

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
SOURCE = Source("clip.mp4", 2.0, 29.97, 60, 640, 480)
WH = (640, 480)
ANOTHER = "another person is in the picture"
EARLY = Notice(NoticeKind.ENDS_EARLY, {"read_s": 1.5, "of_s": 2.0})


def marks(dice):
    """Landmarks as a landmarker gives them: rounded to float32."""
    values = dice.normal(100, 90, (COUNT, 2)), dice.normal(0, 1, (COUNT, 3)), dice.random(COUNT)
    xy, world, visibility = (value.astype(np.float32).astype(np.float64) for value in values)
    return Landmarks(xy, world, visibility, WH)


def recording(count=20, seed=1):
    dice = np.random.default_rng(seed)
    moments = [(n / 29.97, None if n % 5 == 3 else marks(dice)) for n in range(count)]
    return Recording(LandmarkTrack.of(moments, WH), SOURCE, (EARLY,))


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "track.npz"
    recording().save(path)
    return path


def changed(path, *, drop=None, told=None, without=(), **arrays):
    """Write the track anew with some of its arrays, or of what it says of itself, exchanged or left out."""
    with np.load(path) as kept:
        parts = {name: kept[name] for name in kept.files if name != drop}
    if told is not None:
        about = {**json.loads(str(parts["about"])), **told}
        about = {name: each for name, each in about.items() if name not in without}
        parts["about"] = np.array(json.dumps(about))
    np.savez_compressed(path, **{**parts, **arrays})
    return path


def test_what_stands_still_survives_the_disk(tmp_path):
    since_s = [None, None, 0.0, 0.0]
    growing = GrowingTrack()
    for number, each in enumerate(since_s):
        growing.push(float(number), None, each)
    Recording(growing.track(WH), SOURCE).save(tmp_path / "track.npz")
    track = Recording.load(tmp_path / "track.npz").track
    assert [track.still_since(number) for number in range(4)] == since_s


def test_a_track_without_such_pictures_says_nothing_of_them(saved):
    with np.load(saved) as arrays:
        assert "still_since_s" not in arrays
    assert Recording.load(saved).track.still_since(0) is None


def test_the_line_across_the_head_survives_the_disk_to_the_last_bit(tmp_path):
    lines_deg = [float(np.float32(-31.4)), math.nan, float(np.float32(12.3))]
    dice = np.random.default_rng(1)
    bodies = [replace(marks(dice), head_line_deg=line_deg) for line_deg in lines_deg]
    track = LandmarkTrack.of([*enumerate(bodies), (3.0, None)], WH)
    Recording(track, SOURCE).save(tmp_path / "track.npz")
    read = Recording.load(tmp_path / "track.npz").track
    assert read.head_line_deg == pytest.approx([*lines_deg, math.nan], abs=0.0, nan_ok=True)


def test_an_older_track_has_the_line_that_its_ears_let_be_estimated(saved):
    unknown = Recording.load(saved).track.head_line_deg
    assert unknown is not None
    assert np.isnan(unknown).all()
    track = Recording.load(changed(saved, drop="head_line_deg")).track
    assert track.head_line_deg == pytest.approx(line_by_ears(track.xy_px), nan_ok=True)


def said(path):
    with pytest.raises(InputError) as caught:
        Recording.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


class TestTrack:
    @given(count=st.integers(0, 30), seed=st.integers(0, 99))
    def test_is_equal_to_the_last_bit_when_it_is_read_again(self, tmp_path_factory, count, seed):
        before = recording(count, seed)
        path = tmp_path_factory.mktemp("tracks") / "track.npz"
        before.save(path)
        after = Recording.load(path)
        for name in ("time_s", "xy_px", "world_m", "visibility"):
            wanted, found = getattr(before.track, name), getattr(after.track, name)
            assert wanted.tobytes() == found.tobytes()
        assert after.track.image_wh == before.track.image_wh
        assert (after.source, after.notices) == (before.source, before.notices)
        assert after.warnings == ("the file ends early: 1.5 of 2.0 s could be read",)

    def test_keeps_careful_looks_beside_the_usual_ones(self, tmp_path):
        usual, careful = recording(5, 1).track, recording(5, 2).track
        before = replace(recording(), track=replace(usual, careful=careful))
        before.save(tmp_path / "track.npz")
        after = Recording.load(tmp_path / "track.npz").track
        assert after.careful is not None
        for name in ("time_s", "xy_px", "world_m", "visibility"):
            assert getattr(after, name).tobytes() == getattr(usual, name).tobytes()
        for name in ("xy_px", "world_m", "visibility"):
            assert getattr(after.careful, name).tobytes() == getattr(careful, name).tobytes()

    @pytest.mark.parametrize(
        ("words", "kind"),
        [
            ("the file ends early: 1.5 of 2.0 s could be read", NoticeKind.AS_WRITTEN),
            (f"{ANOTHER}; only the one found first is judged", NoticeKind.ANOTHER_PERSON),
            (
                f"{ANOTHER} between 3 and 9 s; only the one found first is judged",
                NoticeKind.ANOTHER_PERSON,
            ),
        ],
    )
    def test_of_before_notices_keeps_its_words(self, saved, words, kind):
        older = Recording.load(changed(saved, told={"warnings": [words]}, without=("notices",)))
        assert [notice.kind for notice in older.notices] == [kind]
        assert older.warnings == (words,)

    def test_names_its_source_without_its_folders(self, tmp_path):
        path = tmp_path / "track.npz"
        source = replace(SOURCE, path="somebody/at home/clip.mp4")
        replace(recording(), source=source).save(path)
        assert Recording.load(path).source.path == "clip.mp4"

    def test_that_is_not_there_is_said(self, tmp_path):
        assert said(tmp_path / "none.npz") == "cannot be read (No such file or directory)"

    @pytest.mark.parametrize(
        "data", [b"", b"PK", b"a text", b"\x93NUMPY\x01\x00", b"PK\x05\x06" + bytes(18)]
    )
    def test_of_another_kind_of_file_is_said(self, tmp_path, data):
        path = tmp_path / "track.npz"
        path.write_bytes(data)
        assert said(path) == "is not a landmark track, or a damaged one"

    def test_of_a_single_array_is_said(self, tmp_path):
        path = tmp_path / "track.npz"
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
        assert "not a landmark track" in said(path)

    @pytest.mark.parametrize("share", np.linspace(0.01, 0.99, 12))
    def test_cut_short_is_said(self, saved, share):
        data = saved.read_bytes()
        saved.write_bytes(data[: int(len(data) * share)])
        assert "damaged" in said(saved)

    def test_with_flipped_bytes_is_said_or_read_as_it_was(self, saved):
        data, dice = saved.read_bytes(), random.Random(1)
        wanted = recording().track
        for _ in range(300):
            at = dice.randrange(len(data))
            saved.write_bytes(
                data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
            )
            try:
                found = Recording.load(saved).track
            except InputError:
                continue
            assert np.array_equal(found.xy_px, wanted.xy_px, equal_nan=True)

    @pytest.mark.parametrize("name", ["time_s", "xy_px", "world_m", "visibility", "about"])
    def test_without_one_of_its_arrays_is_said(self, saved, name):
        assert "damaged" in said(changed(saved, drop=name))

    @pytest.mark.parametrize(
        "arrays",
        [
            {"xy_px": np.zeros((20, COUNT, 3))},
            {"xy_px": np.zeros((19, COUNT, 2))},
            {"world_m": np.zeros((20, 17, 3))},
            {"visibility": np.zeros(20)},
            {"time_s": np.zeros(20)},
            {"time_s": np.float64(0)},
            {"time_s": np.full(20, np.nan)},
            {"xy_px": np.full((20, COUNT, 2), np.inf)},
            {"world_m": np.full((20, COUNT, 3), np.nan)},
            {"head_line_deg": np.full(20, np.inf)},
            {"head_line_deg": np.zeros(19)},
            {"visibility": np.array(["high"] * 20)},
            {"about": np.array("no JSON")},
            {"about": np.array("[]")},
        ],
    )
    def test_with_arrays_that_make_no_sense_is_said(self, saved, arrays):
        assert "damaged" in said(changed(saved, **arrays))

    @pytest.mark.parametrize(
        "about",
        [
            {"format": "something else"},
            {"image_wh": [640]},
            {"image_wh": ["wide", "high"]},
            {"source": {"path": "clip.mp4"}},
            {"source": {**vars(SOURCE), "duration_s": "long"}},
            {"source": None},
            {"notices": 3},
            {"notices": [{"kind": "odd", "figures": {}, "pose": ""}]},
        ],
    )
    def test_with_a_description_that_makes_no_sense_is_said(self, saved, about):
        assert "damaged" in said(changed(saved, told=about))

    def test_of_a_newer_version_is_told_apart(self, saved):
        newer = changed(saved, told={"version": 2})
        assert said(newer) == (
            "was written by a newer backstretch (track version 2); update this one"
        )

    def test_with_pickled_objects_is_never_unpickled(self, saved, tmp_path):
        class Trap:
            def __reduce__(self):
                return (tmp_path / "sprung").touch, ()

        trap = np.array([Trap()], dtype=object)
        assert "damaged" in said(changed(saved, xy_px=trap))
        assert not (tmp_path / "sprung").exists()


def fill(out, files, failure=None):
    """Write files by way of an output folder, then fail if so asked."""
    with output_folder(out) as work:
        for name, text in files.items():
            (work / name).write_text(text)
        if failure is not None:
            raise failure


def texts(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


class TestOutputFolder:
    def test_is_made_with_its_parents_and_holds_nothing_else(self, tmp_path):
        out = tmp_path / "some" / "new" / "folder"
        fill(out, {"result.json": "{}"})
        assert [path.name for path in out.iterdir()] == ["result.json"]

    @pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
    def test_leaves_nothing_behind_when_the_work_fails(self, tmp_path, failure):
        with pytest.raises(failure):
            fill(tmp_path / "some" / "out", {"steps.csv": "half"}, failure)
        assert not list(tmp_path.iterdir())

    def test_tells_of_a_disk_that_fails(self, tmp_path):
        full = OSError(28, "No space left on device")
        with pytest.raises(InputError, match=r"out: cannot be written \(No space left on device\)"):
            fill(tmp_path / "out", {}, full)
        assert not list(tmp_path.iterdir())

    def test_keeps_what_was_there_until_the_end(self, tmp_path):
        (tmp_path / "result.json").write_text("old")
        (tmp_path / "diary.txt").write_text("mine")
        with output_folder(tmp_path) as work:
            (work / "result.json").write_text("new")
            assert texts(tmp_path)["result.json"] == "old"
        assert texts(tmp_path) == {"diary.txt": "mine", "result.json": "new"}

    def test_keeps_what_was_there_when_the_work_fails(self, tmp_path):
        (tmp_path / "result.json").write_text("old")
        with pytest.raises(KeyboardInterrupt):
            fill(tmp_path, {"result.json": "new"}, KeyboardInterrupt)
        assert texts(tmp_path) == {"result.json": "old"}

    def test_replaces_nothing_where_a_folder_is_in_the_way_of_one_file(self, tmp_path):
        (tmp_path / "a.json").write_text("old")
        (tmp_path / "b.csv").mkdir()
        with pytest.raises(InputError, match=r"b\.csv is a folder"):
            fill(tmp_path, {"a.json": "new", "b.csv": "new"})
        assert texts(tmp_path) == {"a.json": "old"}
        assert len(list(tmp_path.iterdir())) == 2

    def test_below_a_file_is_said(self, tmp_path):
        (tmp_path / "file").touch()
        for out in (tmp_path / "file", tmp_path / "file" / "out"):
            with pytest.raises(InputError, match="cannot be written"):
                fill(out, {})

    def test_needs_no_right_to_write_beside_it(self, tmp_path):
        """As with the top folder of a memory stick, which is another file system too."""
        out = tmp_path / "stick"
        out.mkdir()
        with output_folder(out) as work:
            assert work.parent == out


class TestSteps:
    @pytest.fixture
    def rows(self, tmp_path):
        values = np.full(len(COLUMNS), np.nan)
        values[1] = 12.3456
        step = Step(
            time_s=0.04,
            landmarks=None,
            values=values,
            neutral=None,
            near_side="left",
            form=Form(BEND, "left"),
            verdict=None,
            state=State.UNSEEN,
            reason=Reason(ReasonKind.UNSEEN, landmark="left_hip"),
            motion=None,
            near_pose=False,
            valid_s=1.5,
            total_s=2.25,
            holds=0,
        )
        file = StepsFile(tmp_path / "steps.csv")
        file.steps([step])
        file.close()
        with (tmp_path / "steps.csv").open(encoding="utf-8", newline="") as written:
            return list(csv.DictReader(written))

    def test_have_a_column_for_the_verdict_and_every_measure(self, rows):
        head = ["time_s", "state", "pose", "side", "reason", "reason_code", "valid_s", "total_s"]
        assert list(rows[0]) == head + [column.key for column in COLUMNS]
        assert len(set(rows[0])) == len(rows[0])

    def test_tell_the_moment(self, rows):
        assert len(rows) == 1
        assert float(rows[0]["time_s"]) == 0.04
        assert rows[0]["state"] == str(State.UNSEEN)
        assert (rows[0]["reason"], rows[0]["reason_code"]) == ("left hip unseen", "unseen:left_hip")
        assert (rows[0]["valid_s"], rows[0]["total_s"]) == ("1.500", "2.250")

    def test_leave_empty_what_could_not_be_measured(self, rows):
        cells = [rows[0][column.key] for column in COLUMNS]
        assert math.isclose(float(cells[1]), 12.35)
        assert set(cells[:1] + cells[2:]) == {""}
