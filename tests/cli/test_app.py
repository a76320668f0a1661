"""The program from outside: what goes in, what comes out, and what is left on the disk."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import av  # noqa: TID253 - to check the annotated video
import numpy as np
import pytest

from backstretch import __version__
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.kinematics.landmarks import LandmarkTrack
from backstretch.vision.video_reader import VideoReader
from tests.media import numbered, tone, write_video
from tests.places import SAMPLES, SOURCE
from tests.program import run_inside

SIDE_BEND = SAMPLES / "side_bend.mp4"
PROGRAM = ("-m", "backstretch")
POSE = ("--pose", "standing_side_bend")
FIVE_FAULTS = """
name = "Cat"
regions = ["tail"]
positions = ["floating"]
views = ["from above"]
sides = "neither"
steps = ["Arch the back."]
safety = "None."
sources = ["A cat."]

[hold]
seconds = [60, 15]
default_s = 30
repetitions = [1, 5]

[[check]]
measure = "knee"
of = "near"
good = [80, 60]
accept = [5, 75]
below = "Straighten the knee."
above = "Bend the knee."
source = "A cat."
"""
SMALL_DISK = """
import resource, runpy, sys
sys.dont_write_bytecode = True  # the limit cuts compiled files as well, without a word
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
runpy.run_module("backstretch", run_name="__main__", alter_sys=True)
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX")


def environment():
    """The program as installed, or as it lies in the source tree."""
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "COLUMNS": "120"}


def run(*arguments, program=(), **options):
    """Run the program to its end; one that is named is run in a process of its own."""
    if not program:
        return run_inside(*arguments)
    command = [sys.executable, *program, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment(), check=False, **options
    )


def analyse(path, *arguments, **options):
    return run("analyze", path, *POSE, *arguments, **options)


def complaint(done):
    """The one line that says what is wrong; nothing else was printed and nothing broke."""
    assert done.returncode == 2, done
    assert not done.stdout
    (line,) = done.stderr.splitlines()
    return line.removeprefix("backstretch: ")


def document(done):
    """The one JSON document on stdout, with nothing on stderr."""
    assert done.returncode == 0, done
    assert not done.stderr
    (line,) = done.stdout.splitlines()
    return json.loads(line)


def nobody(path, pictures=10):
    """A video of an empty room."""
    image = np.full((240, 320, 3), 180, np.uint8)
    image[160:] = (120, 90, 60)
    return write_video(path, [image] * pictures, range(0, 40 * pictures, 40))


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return nobody(tmp_path_factory.mktemp("room") / "room.mp4")


class TestInput:
    def test_that_is_not_there(self, tmp_path):
        path = tmp_path / "none.mp4"
        assert complaint(analyse(path, program=PROGRAM)) == f"{path}: there is no such file"

    def test_that_is_a_folder(self, tmp_path):
        assert complaint(analyse(tmp_path)) == f"{tmp_path}: is a folder; give a video file"

    def test_that_is_empty(self, tmp_path):
        path = tmp_path / "empty.mp4"
        path.touch()
        assert complaint(analyse(path)) == f"{path}: the file is empty"

    def test_that_is_a_text(self, tmp_path):
        path = tmp_path / "text.mp4"
        path.write_text("Dear diary, today I stretched.\n" * 99)
        assert complaint(analyse(path)).startswith(f"{path}: cannot be read as a video")

    def test_that_has_lost_its_index(self, tmp_path):
        path = numbered(tmp_path / "cut.mp4", 100)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        assert complaint(analyse(path)).startswith(f"{path}: cannot be read as a video")

    def test_that_is_only_sound(self, tmp_path):
        path = tone(tmp_path / "tone.mp4")
        assert complaint(analyse(path)).startswith(f"{path}: holds no pictures, only sound")

    @posix
    def test_that_may_not_be_read(self, tmp_path):
        path = numbered(tmp_path / "mine.mp4", 3)
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read everything")
        assert "Permission denied" in complaint(analyse(path))

    def test_that_is_a_corrupt_track(self, tmp_path):
        path = tmp_path / "track.npz"
        path.write_bytes(b"PK\x03\x04 and then nothing")
        assert complaint(analyse(path)) == f"{path}: is not a landmark track, or a damaged one"

    @pytest.mark.model
    def test_that_is_cut_short_is_analysed_as_far_as_it_goes(self, tmp_path):
        whole, path = SIDE_BEND.read_bytes(), tmp_path / "cut.mp4"
        with (
            av.open(str(SIDE_BEND)) as source,
            av.open(str(path), "w", options={"movflags": "faststart"}) as copy,
        ):
            stream = copy.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(source.streams.video[0]):
                if packet.size:
                    packet.stream = stream
                    copy.mux(packet)
        path.write_bytes(path.read_bytes()[: len(whole) // 8])
        told = document(analyse(path, "--json"))
        assert told["source"]["duration_s"] == pytest.approx(30.083)
        assert 10 < told["source"]["frames"] < 400
        assert any("the file ends early" in warning for warning in told["warnings"])

    @pytest.mark.model
    def test_may_have_any_name(self, tmp_path):
        path = tmp_path / 'Übung «zwei» 伸展 "it\'s" $HOME.mp4'
        nobody(path)
        out = tmp_path / "Ergebnis «zwei» 結果 'x' \"y\""
        told = document(analyse(path, "--json", "--out", out))
        assert told["source"]["path"] == str(path)
        assert json.loads((out / "result.json").read_text(encoding="utf-8")) == told

    @linux
    @pytest.mark.model
    def test_may_have_a_name_that_is_no_text(self, tmp_path):
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.mp4"))
        nobody(path)
        done = analyse(path, "--json", "--out", tmp_path / "out", program=PROGRAM)
        assert document(done)["source"]["path"] == str(path)
        assert analyse(path, program=PROGRAM).returncode == 0


class TestOptions:
    def test_a_pose_that_is_unknown_brings_the_nearest_names(self):
        done = run("analyze", SIDE_BEND, "--pose", "side-bend")
        said = complaint(done)
        assert said.startswith("no pose is called 'side-bend'; did you mean")

    def test_a_pose_file_brings_all_its_faults_at_once(self, tmp_path):
        path = tmp_path / "cat.toml"
        path.write_text(FIVE_FAULTS)
        done = run("analyze", SIDE_BEND, "--pose", path)
        assert (done.returncode, done.stdout) == (2, "")
        faults = done.stderr.splitlines()
        assert len(faults) >= 5
        assert all(fault.startswith(f"backstretch: {path}: ") for fault in faults)
        faults = [fault.removeprefix(f"backstretch: {path}: ") for fault in faults]
        for word in ("tail", "floating", "from above", "neither", "80"):
            assert sum(word in fault for fault in faults) == 1

    def test_a_start_after_the_end_of_the_recording(self):
        said = complaint(analyse(SIDE_BEND, "--start", "99"))
        assert said == f"99 s is after the end; {SIDE_BEND} is 30.083 s long"

    @pytest.mark.parametrize("option", [["--turn", "90"], ["--turn", "0"], ["--speed", "0.5"]])
    def test_a_turn_or_a_speed_of_a_landmark_track(self, tmp_path, option):
        path = tmp_path / "a.npz"
        track = LandmarkTrack.of([(0.0, None)], (64, 48))
        Recording(track, Source("a.mp4", 1.0, 25.0, 1, 64, 48)).save(path)
        assert complaint(analyse(path, *option)) == (
            f"{path}: is a landmark track; speed and turn are for videos, leave them out"
        )

    def test_a_time_at_which_nothing_can_have_been_recorded(self):
        assert complaint(analyse(SIDE_BEND, "--save", "--when", "1970-01-01")) == (
            "--when 1970-01-01: nothing can have been recorded then"
        )

    def test_an_end_before_the_start(self):
        assert complaint(analyse(SIDE_BEND, "--start", "5", "--end", "4")) == (
            "--end 4 is not after --start 5"
        )

    @pytest.mark.model
    @pytest.mark.parametrize("data", [b"", b"not a model", b"PK\x05\x06" + bytes(18), None])
    def test_a_model_that_is_none(self, tmp_path, room, data):
        path = tmp_path / "other.task"
        if data is not None:
            path.write_bytes(data)
        said = complaint(analyse(room, "--model", path, "--out", tmp_path / "out"))
        assert said.startswith(f"{path}: ")
        assert not (tmp_path / "out").exists()

    def test_help_lists_the_command_and_its_options(self):
        assert "analyze" in run("--help").stdout
        told = run("analyze", "--help").stdout
        for option in ["pose", "side", "hold", "mirrored", "start", "end", "json", "out", "model"]:
            assert f"--{option}" in told

    def test_version_is_the_packages(self):
        assert run("--version").stdout == f"backstretch {__version__}\n"

    def test_an_option_that_does_not_exist(self):
        assert "No such option: --further" in complaint(analyse(SIDE_BEND, "--further"))

    def test_an_option_that_needs_another_value(self):
        assert "--end" in complaint(analyse(SIDE_BEND, "--end", "-3"))


class TestOutput:
    def test_below_a_file(self, tmp_path, room):
        (tmp_path / "file").touch()
        out = tmp_path / "file" / "out"
        assert complaint(analyse(room, "--out", out)).startswith(f"{out}: cannot be written")
        assert (tmp_path / "file").is_file()

    @linux
    def test_where_nothing_can_be_made(self, room):
        said = complaint(analyse(room, "--out", "/proc/backstretch"))
        assert said.startswith("/proc/backstretch: cannot be written")

    @posix
    @pytest.mark.model
    def test_that_does_not_fit_leaves_nothing(self, tmp_path):
        done = analyse(
            SIDE_BEND, "--end", "3", "--out", tmp_path / "out", program=("-c", SMALL_DISK)
        )
        assert "cannot be written (File too large)" in complaint(done)
        assert not list(tmp_path.iterdir())

    @linux
    @pytest.mark.model
    @pytest.mark.parametrize("size_k", [4, 64])
    def test_to_a_full_disk_leaves_nothing(self, tmp_path, size_k):
        with small_disk(tmp_path, size_k):
            done = analyse(SIDE_BEND, "--end", "3", "--out", tmp_path / "out", program=PROGRAM)
            assert "cannot be written (No space left on device)" in complaint(done)
            assert not list(tmp_path.iterdir())

    @linux
    def test_to_a_stdout_that_is_full(self):
        with Path("/dev/full").open("w") as full:
            command = [sys.executable, "-m", "backstretch", "--version"]
            done = subprocess.run(
                command, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
            )
        assert done.returncode == 2
        assert done.stderr == b"backstretch: [Errno 28] No space left on device\n"

    @posix
    def test_that_nobody_reads_is_no_fault(self):
        reader, writer = os.pipe()
        os.close(reader)
        command = [sys.executable, "-m", "backstretch", "--help"]
        done = subprocess.run(
            command, stdout=writer, stderr=subprocess.PIPE, env=environment(), check=False
        )
        os.close(writer)
        assert not done.stderr


@contextmanager
def small_disk(folder, size_k):
    """A file system of a few kilobytes; needs the right to mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_k}k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount a small file system")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def begun(out):
    """The program in the middle of its work, in a process group of its own."""
    command = [sys.executable, "-m", "backstretch", "analyze", SIDE_BEND, *POSE, "--out", out]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        list(map(str, command)),
        stdout=pipe,
        stderr=pipe,
        encoding="utf-8",
        env=environment(),
        start_new_session=True,
    ) as process:
        try:
            wait_for(lambda: any(p.stat().st_size > 0 for p in out.glob(".*/steps.csv")), process)
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def times_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [float(row["time_s"]) for row in csv.DictReader(file)]


def wait_for(condition, process):
    for _ in range(1200):
        if condition():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise TimeoutError


@posix
@pytest.mark.model
class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_leaves_nothing_behind(self, tmp_path, number):
        with begun(tmp_path / "some" / "out") as process:
            os.killpg(process.pid, number)
            printed, said = process.communicate(timeout=60)
        assert (process.returncode, printed) == (130, "")
        assert said == "backstretch: stopped; nothing was saved\n"
        assert not list(tmp_path.iterdir())

    def test_leaves_what_was_there(self, tmp_path):
        (tmp_path / "result.json").write_text("from yesterday")
        with begun(tmp_path) as process:
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=60)
        assert [path.read_text() for path in tmp_path.iterdir()] == ["from yesterday"]


@pytest.mark.model
class TestNobody:
    def test_is_a_result(self, room):
        done = analyse(room)
        assert done.returncode == 0
        assert not done.stderr
        assert "Nobody was seen" in done.stdout

    def test_is_a_result_in_json_too(self, room):
        told = document(analyse(room, "--json"))
        assert told["holds"] == []
        assert told["totals"]["valid_s"] == 0
        assert told["warnings"] == ["nobody was seen in the recording"]


@pytest.mark.model
def test_a_second_person_is_warned_of(tmp_path):
    def pictures(name):
        with VideoReader(SAMPLES / f"{name}.mp4") as reader:
            return [frame.image[:, 106:534] for frame in reader.frames(0.0, 2.5)]

    both = zip(pictures("side_bend"), pictures("overhead_reach"), strict=True)
    images = [np.hstack(pair) for pair in both]
    stamps = (np.arange(len(images)) * 1000 / 24).astype(int).tolist()
    told = document(analyse(write_video(tmp_path / "two.mp4", images, stamps), "--json"))
    assert told["warnings"][0] == (
        "another person is in the picture between 0 and 2 s; only the one found first is judged"
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A run with everything, and its folder."""
    out = tmp_path_factory.mktemp("written") / "out"
    return analyse(SIDE_BEND, "--end", "6", "--json", "--out", out, program=PROGRAM), out


@pytest.mark.model
class TestWritten:
    def test_are_these_files(self, written):
        names = ["annotated.mp4", "landmarks.npz", "report.html", "result.json", "steps.csv"]
        assert sorted(path.name for path in written[1].iterdir()) == names

    def test_result_is_what_was_printed(self, written):
        done, out = written
        assert document(done) == json.loads((out / "result.json").read_text(encoding="utf-8"))

    def test_result_has_what_others_rely_on(self, written):
        told = document(written[0])
        assert told["schema"] == 1
        assert told["source"] == {
            "path": str(SIDE_BEND),
            "duration_s": 30.083,
            "fps": 24.0,
            "frames": 722,
            "width": 640,
            "height": 480,
        }
        assert told["pose"] == "standing_side_bend"
        (hold,) = told["holds"]
        wanted = "pose side start_s end_s valid_s wrong_s unseen_s complete score measures reasons"
        assert set(wanted.split()) <= set(hold)
        assert (hold["side"], hold["end_s"]) == ("left", 6.0)
        assert told["totals"]["by_side"] == {"left": hold["valid_s"], "right": 0, "both": 0}

    def test_steps_are_some_of_the_pictures_by_the_files_own_time(self, written):
        stamps = times_of(written[1] / "steps.csv")
        numbers = [round(stamp * 24) for stamp in stamps]
        assert stamps == pytest.approx([number / 24 for number in numbers], abs=1e-6)
        assert (numbers[0], numbers[-1]) == (0, 144)
        assert len(set(numbers)) == len(numbers) < 100

    def test_steps_are_all_pictures_where_that_is_asked_for(self, tmp_path):
        analyse(SIDE_BEND, *POSE, "--end", "1", "--every-frame", "--out", tmp_path / "out")
        stamps = times_of(tmp_path / "out" / "steps.csv")
        assert stamps == pytest.approx([number / 24 for number in range(25)], abs=1e-6)

    def test_video_plays_to_its_end(self, written):
        with av.open(str(written[1] / "annotated.mp4")) as container:
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
            stamps = [frame.time for frame in container.decode(stream)]
            duration_s = (container.duration or 0) / av.time_base
        assert len(stamps) == 145
        assert all(before < after for before, after in pairwise(stamps))
        assert duration_s == pytest.approx(145 / 24, abs=0.01)

    def test_track_gives_the_same_result_to_the_last_digit(self, written):
        done, out = written
        told = document(analyse(out / "landmarks.npz", "--end", "6", "--json"))
        told["source"]["path"] = str(SIDE_BEND)
        assert json.dumps(told) == json.dumps(document(done))

    def test_track_of_a_mirror_image_is_mirrored_once(self, tmp_path):
        options = ("--mirrored", "--end", "5", "--json")
        told = document(analyse(SIDE_BEND, *options, "--out", tmp_path))
        again = document(analyse(tmp_path / "landmarks.npz", *options))
        assert [hold["side"] for hold in told["holds"]] == ["right"]
        assert again["holds"] == told["holds"]

    def test_summary_names_the_folder(self, written, tmp_path):
        done = analyse(written[1] / "landmarks.npz", "--out", tmp_path / "again")
        assert done.returncode == 0
        assert f"Written to {tmp_path / 'again'}" in done.stdout.replace("\n", "")
