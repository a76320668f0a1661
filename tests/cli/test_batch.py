"""Batches from outside: several recordings, bad ones among them, stopped, killed, and started again."""

import csv
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from backstretch.analysis import batch_workers as batch_crew
from backstretch.analysis.batch import BatchSettings, Task
from backstretch.analysis.batch_workers import Begun, Ended, WorkerPool
from backstretch.api import _library
from backstretch.judging.request import Assignment, Request
from backstretch.poses.library import builtin_poses
from tests.cli.test_app import nobody
from tests.cli.test_calibrate import saved
from tests.cli.test_live import Home
from tests.figures import FRONT, side_bend, standing
from tests.media import Making, grey, write_video
from tests.places import SAMPLES
from tests.terminals import at_a_terminal

POSE = "standing_side_bend"
POSES = tuple(pose for pose in _library().recognised if pose.id == POSE)
STOPPED = "1 of 3 recordings are done and saved; run the same command again to do the others"
BROKEN = b"PK\x03\x04 and then nothing"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes and signals of Linux")


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    """A track of somebody who stands, and then bends for four seconds."""
    figures = [standing()] * 10 + [side_bend(25.0)] * 40
    moments = [(n / 10, figure.seen(FRONT)) for n, figure in enumerate(figures)]
    return saved(tmp_path_factory.mktemp("track") / "track.npz", moments)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "data", asked=False)


def copies(track, *paths):
    """The track under other names."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(track, path)


def broken(path):
    path.write_bytes(BROKEN)
    return path


def analyse(home, *arguments):
    return home.run_inside("analyze", *arguments, "--library", "--pose", POSE)


def rows_of(out):
    with (out / "summary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def statuses(out):
    """What became of each recording, by its name."""
    return {Path(row["file"]).name: row["status"] for row in rows_of(out)}


def results(out):
    """When each result was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("*/result.json")}


def documents(out, *names):
    return [json.loads((out / name / "result.json").read_text("utf-8")) for name in names]


def wait_for(condition, process):
    for _ in range(1200):
        if condition():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise TimeoutError


@pytest.fixture
def folder(tmp_path, track):
    """Three recordings, two of one name, and one that is none."""
    return filled(tmp_path / "in", track)


def filled(folder, track):
    copies(track, folder / "a.npz", folder / "mon" / "clip.npz", folder / "tue" / "clip.npz")
    broken(folder / "bad.npz")
    return folder


@pytest.fixture(scope="module")
def written(tmp_path_factory, track):
    """A batch of a folder, the folder for its results, and whose it is."""
    place = tmp_path_factory.mktemp("written")
    folder, home = filled(place / "in", track), Home(place / "data", asked=False)
    done = analyse(home, folder, "--out", place / "out", "--jobs", "2")
    return done, folder, place / "out", home


class TestWritten:
    def test_each_is_told_written_and_summed_up(self, written):
        done, folder, out, _ = written
        assert done.returncode == 2
        assert sorted(results(out)) == ["a", "mon-clip", "tue-clip"]
        assert [(row["folder"], row["side"]) for row in rows_of(out)] == [
            ("a", "left"),
            ("a", "right"),
            ("", ""),
            ("mon-clip", "left"),
            ("mon-clip", "right"),
            ("tue-clip", "left"),
            ("tue-clip", "right"),
        ]
        why = f"{folder / 'bad.npz'}: is not a landmark track, or a damaged one"
        assert why in done.stdout.splitlines()
        assert f"Written to {out}" in done.stdout
        lines = [line.split("] ")[1] for line in done.stderr.splitlines()]
        assert len(lines) == 4
        assert f"failed: {why}" in lines

    def test_what_is_done_is_kept_until_the_recording_or_the_settings_change(self, written):
        _, folder, out, home = written
        first = results(out)
        assert analyse(home, folder / "mon", "--out", out).stdout.count("done before") == 1
        os.utime(folder / "a.npz", (1, 1))
        done = analyse(home, folder / "a.npz", folder / "mon", "--out", out, "--json")
        assert statuses(out) == {"a.npz": "done", "clip.npz": "kept"}
        assert [json.loads(line) for line in done.stdout.splitlines()] == documents(
            out, "a", "mon-clip"
        )
        assert {name for name, when in results(out).items() if when != first[name]} == {"a"}
        analyse(home, folder / "mon", "--hold", "5", "--out", out)
        assert statuses(out) == {"clip.npz": "done"}
        changed = {name for name, when in results(out).items() if when != first[name]}
        assert changed == {"a", "mon-clip"}

    def test_a_result_is_made_again_when_the_pose_file_has_other_ranges(
        self, home, track, tmp_path
    ):
        pose, out = tmp_path / "bend.toml", tmp_path / "out"
        text = (builtin_poses() / f"{POSE}.toml").read_text("utf-8")
        pose.write_text(text, "utf-8")
        copies(track, tmp_path / "in" / "a.npz", tmp_path / "in" / "b.npz")
        options = "--pose", pose, "--out", out, "--library", "--jobs", "1"
        command = "analyze", tmp_path / "in", *options
        home.run_inside(*command)
        assert documents(out, "a")[0]["totals"]["valid_s"] > 2.0
        home.run_inside(*command)
        assert statuses(out) == {"a.npz": "kept", "b.npz": "kept"}
        stricter = text.replace("accept = [11, 60]", "accept = [35, 60]")
        pose.write_text(stricter.replace("good = [17, 60]", "good = [36, 60]"), "utf-8")
        home.run_inside(*command)
        assert statuses(out) == {"a.npz": "done", "b.npz": "done"}
        assert documents(out, "a")[0]["totals"]["valid_s"] == 0.0


class TestSeveral:
    def test_are_documents_one_a_line_in_the_order_given(self, home, folder, track):
        paths = [folder / "tue/clip.npz", folder / "bad.npz", folder / "a.npz"]
        done = analyse(home, *paths, "--json", "--jobs", "2")
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert [each["source"]["path"] for each in told] == [str(paths[0]), str(paths[2])]
        alone = json.loads(analyse(home, track, "--json").stdout)
        assert told[0]["holds"] == alone["holds"]
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 3

    def test_are_kept_in_the_history_once_also_as_copies_and_one_by_one(self, home, folder):
        arguments = (folder / "a.npz", folder / "tue", "--save")
        first, again = (analyse(home, *arguments) for _ in range(2))
        when = dates(folder)
        assert [line.split(": ")[1] for line in first.stderr.splitlines() if "session" in line] == [
            f"saved as session 1, of {when[0]} (the file's date; use --when to give another)",
            f"is in the history already, as session 1, of {when[1]}",
        ]
        assert again.returncode == 0
        assert again.stderr.count("is in the history already, as session 1") == 2
        alone = analyse(home, folder / "a.npz", "--save")
        assert alone.stderr == f"Is in the history already, as session 1, of {when[0]}\n"
        kept = home.run_inside("history", "export", "--format", "json").stdout
        assert len(json.loads(kept)) == 1

    def test_that_nobody_reads_are_no_fault(self, home, folder):
        reader, writer = os.pipe()
        os.close(reader)
        arguments = ["analyze", str(folder), "--json", "--library", "--pose", POSE]
        command = [sys.executable, "-m", "backstretch", *arguments]
        done = subprocess.run(
            command, env=home.environment(), stdout=writer, stderr=subprocess.PIPE, check=False
        )
        os.close(writer)
        assert done.returncode == 0
        assert b"Traceback" not in done.stderr

    def test_have_no_one_time(self, home, folder):
        done = analyse(home, folder, "--save", "--when", "2026-01-31")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "backstretch: --when is for one recording; leave it out with several\n"
        )

    def test_do_not_replace_a_summary_of_something_else(self, home, folder, tmp_path):
        (tmp_path / "summary.csv").write_text("my own\n")
        done = analyse(home, folder, "--out", tmp_path)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert (tmp_path / "summary.csv").read_text() == "my own\n"

    def test_need_a_folder_that_can_be_made(self, home, folder, tmp_path):
        done = analyse(home, folder, "--out", broken(tmp_path / "file") / "out")
        assert done.returncode == 2
        assert done.stderr.startswith(
            f"backstretch: {tmp_path / 'file' / 'out'}: cannot be written"
        )

    def test_at_a_terminal_are_bars_and_leave_stdout_alone(self, home, folder):
        arguments = ["analyze", str(folder), "--json", "--library", "--pose", POSE]
        command = [sys.executable, "-m", "backstretch", *arguments]
        done, shown = at_a_terminal(command, home.environment())
        assert len([json.loads(line) for line in done.stdout.splitlines()]) == 3
        assert "All" in shown
        assert "bad.npz: is not a landmark track" in shown


def dates(folder):
    files = (folder / "a.npz", folder / "tue" / "clip.npz")
    return [time.strftime("%Y-%m-%d %H:%M", time.localtime(f.stat().st_mtime)) for f in files]


def test_two_hundred_of_which_a_quarter_is_broken(home, tmp_path):
    track = saved(tmp_path / "track.npz", [(n / 10, standing().seen(FRONT)) for n in range(12)])
    for number in range(200):
        path = tmp_path / "in" / f"{number:03}.npz"
        copies(track, path)
        if number % 4 == 3:
            broken(path)
    done = home.run_inside("analyze", tmp_path / "in", "--json", "--library", "--pose", POSE)
    assert done.returncode == 2
    paths = [json.loads(line)["source"]["path"] for line in done.stdout.splitlines()]
    assert len(paths) == 150
    assert all(before < after for before, after in pairwise(paths))
    assert done.stderr.count("failed: ") == 50


class TestWorkers:
    @pytest.fixture
    def crew(self):
        request = Request(Assignment(POSES))
        with WorkerPool(
            BatchSettings(request, POSES, None, "settings", text=False), jobs=1
        ) as crew:
            yield crew

    @staticmethod
    def ends(crew, paths, killed):
        """How each recording ends if the worker is killed as it begins the first, so many times."""
        ends = {}
        for event in crew.events([Task(n, path, None) for n, path in enumerate(paths)]):
            if isinstance(event, Begun) and event.task.number == 0 and killed:
                killed -= 1
                for child in multiprocessing.active_children():
                    child.kill()
            if isinstance(event, Ended):
                ends[event.task.number] = event.reply
        return ends

    def test_that_are_killed_are_replaced_and_the_recording_is_tried_again(self, crew, track):
        first, second = self.ends(crew, [track, track], killed=1).values()
        assert (first.error, second.error) == ("", "")
        assert first.summary.seconds[0] > 2.0

    def test_that_are_killed_twice_by_one_recording_cost_only_that(self, crew, track):
        first, second = self.ends(crew, [track, track], killed=2).values()
        assert first.error.startswith(f"{track}: the process that analysed it was killed 2 times")
        assert "-9" in first.error
        assert not second.error

    def test_are_replaced_after_some_videos(self, crew, track, tmp_path, monkeypatch):
        monkeypatch.setattr(batch_crew, "MOST_VIDEOS", 2)
        paths = [tmp_path / "none.mp4", track, tmp_path / "none.mp4", track]
        pids = []
        for event in crew.events([Task(n, path, None) for n, path in enumerate(paths)]):
            if isinstance(event, Begun):
                pids += [child.pid for child in multiprocessing.active_children()]
        assert pids[0] == pids[1] == pids[2] != pids[3]

    def test_leave_no_process_behind(self, crew, track):
        for event in crew.events([Task(0, track, None), Task(1, track, None)]):
            if isinstance(event, Ended):
                break
        crew.__exit__(None, None, None)
        assert not multiprocessing.active_children()


@pytest.mark.model
class TestMidway:
    @pytest.fixture
    def begun(self, home, tmp_path, track):
        """A batch of a track, a video and a track, in the middle of the video."""
        folder, out = tmp_path / "in", tmp_path / "out"
        copies(track, folder / "a.npz", folder / "c.npz")
        nobody(folder / "b.mp4", 300)
        arguments = ["analyze", folder, "--jobs", "1", "--every-frame", "--out", out]
        command = [sys.executable, "-m", "backstretch", *map(str, arguments)]
        pipe, env = subprocess.PIPE, home.environment()
        with subprocess.Popen(
            command, stdout=pipe, stderr=pipe, encoding="utf-8", env=env, start_new_session=True
        ) as process:
            try:
                wait_for(lambda: list((out / "b").glob(".*/steps.csv")), process)
                yield process, out
            finally:
                process.kill()

    def test_stopped_it_keeps_what_is_done(self, begun):
        process, out = begun
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert said.splitlines()[1:] == [f"backstretch: stopped; {STOPPED}"]
        assert sorted(path.name for path in out.iterdir()) == ["a", "summary.csv", "summary.xlsx"]
        assert statuses(out) == {"a.npz": "done"}

    @pytest.mark.exhaustive
    def test_a_folder_that_vanishes_costs_what_was_being_made(self, begun):
        process, out = begun
        shutil.rmtree(out)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "Traceback" not in said
        assert statuses(out) == {"a.npz": "done", "b.mp4": "failed", "c.npz": "done"}
        (row,) = [row for row in rows_of(out) if row["status"] == "failed"]
        assert "cannot be written (No such file or directory)" in row["error"]
        assert list(results(out)) == ["c"]


@pytest.mark.model
@pytest.mark.exhaustive
def test_a_video_that_goes_on_is_seen_as_far_as_it_went(home, tmp_path):
    """It grows by some seconds in each second, for longer than the program takes on a busy machine."""
    count = 3600
    pictures, stamps = map(grey, range(count)), range(0, count * 200, 200)
    making = Making(rate=5, coding={"g": "5"})
    whole = write_video(tmp_path / "whole.ts", pictures, stamps, making).read_bytes()
    path, begun, step = tmp_path / "grows.ts", len(whole) // 240, len(whole) // count
    path.write_bytes(whole[:begun])
    is_over = threading.Event()

    def grow():
        with path.open("ab", buffering=0) as file:
            for start in range(begun, len(whole), step):
                file.write(whole[start : start + step])
                if is_over.wait(0.025):
                    return

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        done = home.run("analyze", path, "--jobs", "1", "--every-frame", "--json")
        size = path.stat().st_size
    finally:
        is_over.set()
        writer.join()
    assert done.returncode == 0
    assert "the file was still being written; what came after" in done.stderr
    assert size < len(whole)
    assert json.loads(done.stdout)["source"]["duration_s"] < 0.8 * count / 5


@pytest.mark.model
def test_videos_are_as_by_themselves(home, tmp_path):
    video = SAMPLES / "side_bend.mp4"
    nobody(tmp_path / "room.mp4", 10)
    options = ("--end", "2", "--json")
    first, second = analyse(home, video, tmp_path / "room.mp4", *options).stdout.splitlines()
    assert json.loads(first) == json.loads(analyse(home, video, *options).stdout)
    assert json.loads(second)["holds"] == []
