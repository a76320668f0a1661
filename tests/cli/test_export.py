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
