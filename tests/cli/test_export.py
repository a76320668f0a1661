"""The command ``backstretch export`` from outside."""

import pytest

from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.kinematics.landmarks import LandmarkTrack
from tests.figures import side_bend
from tests.program import run_inside


@pytest.fixture
def folder(tmp_path):
    """A folder as ``--out`` leaves it."""
    body = side_bend(20.0).seen(0.0)
    track = LandmarkTrack.of([(0.0, body), (0.04, body)], body.image_wh)
    out = tmp_path / "out"
    out.mkdir()
    Recording(track, Source("a.mp4", 1.0, 25.0, 2, 640, 480)).save(out / "landmarks.npz")
    return out


def export(*arguments):
    return run_inside("export", *arguments)


def save_looks(folder, *times_s):
    """A folder with a track of a recording of two seconds, 25 pictures a second, looked at at these times."""
    body = side_bend(20.0).seen(0.0)
    track = LandmarkTrack.of([(t, body) for t in times_s], body.image_wh)
    Recording(track, Source("a.mp4", 2.0, 25.0, 50, 640, 480)).save(folder / "landmarks.npz")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_without_options_both_files_lie_beside_the_track(folder):
    done = export(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert names_in(folder) == ["landmarks.mot", "landmarks.npz", "landmarks.trc"]
    assert str(folder / "landmarks.trc") in done.stdout


def test_only_the_file_that_is_asked_for_is_written(folder, tmp_path):
    done = export(folder / "landmarks.npz", "--trc", tmp_path / "bend.trc")
    assert done.returncode == 0
    assert (tmp_path / "bend.trc").read_text().startswith("PathFileType\t4\t(X/Y/Z)\tbend.trc\n")
    assert names_in(folder) == ["landmarks.npz"]


def test_a_recording_looked_at_sparsely_gets_all_its_rows(folder):
    save_looks(folder, 0.0, 0.4, 0.8, 1.2, 1.6, 1.96)
    done = export(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "50 rows, 25 a second for 2.0 s, from 6 pictures" in done.stdout
    assert "interpolated; analyze --every-frame" in done.stdout
    assert "nRows=50\n" in (folder / "landmarks.mot").read_text()


def test_of_a_photograph_there_is_nothing_to_say_about_rows(folder):
    body = side_bend(20.0).seen(0.0)
    track = LandmarkTrack.of([(0.0, body)], body.image_wh)
    Recording(track, Source("a.jpg", 0.04, 25.0, 1, 640, 480)).save(folder / "landmarks.npz")
    done = export(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rows" not in done.stdout


def test_rows_are_as_many_a_second_as_asked(folder):
    assert export(folder, "--rate", 60).returncode == 0
    assert (folder / "landmarks.trc").read_text().splitlines()[2].startswith("60\t60\t")


def test_looks_too_far_apart_are_said_with_the_way_to_mend_them(folder):
    save_looks(folder, 0.0, 0.4, 1.2, 1.6, 1.96)
    done = export(folder)
    assert done.returncode == 0
    assert "0.8 s are empty" in done.stderr
    assert "--every-frame" in done.stderr


@pytest.mark.parametrize(
    "what", ["no track", "nothing", "no folder", "a folder", "itself", "twice"]
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(folder, tmp_path, what):
    (tmp_path / "a.npz").write_text("no track")
    arguments = {
        "no track": [tmp_path / "a.npz"],
        "nothing": [tmp_path / "b.npz"],
        "no folder": [folder, "--mot", tmp_path / "none" / "a.mot"],
        "a folder": [folder, "--trc", folder],
        "itself": [folder, "--trc", folder / "landmarks.npz"],
        "twice": [folder, "--trc", tmp_path / "a", "--mot", tmp_path / "a"],
    }[what]
    done = export(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("backstretch: ")
    assert done.stderr.count("\n") == 1
    assert names_in(folder) == ["landmarks.npz"]
    assert names_in(tmp_path) == ["a.npz", "out"]
