"""Sinks in the background: nothing is lost, nobody waits in vain, and what goes wrong is told."""

import threading
from dataclasses import replace

import pytest

from backstretch.coaching.scene import Note
from backstretch.formats import sinks
from backstretch.formats.sinks import InBackground, InLiveBackground, Sink
from backstretch.frame import Frame, Source
from backstretch.judging.request import Assignment
from backstretch.judging.result import Result
from tests.coached import BEND, STANDING
from tests.media import grey

SOURCE = Source("camera 0", 60.0, 30.0, 1800, 1280, 720)
RESULT = Result(SOURCE, Assignment((BEND,)), (), (), (), None, 1.0)
PICTURE = Frame(0, 0.0, grey(1))
STEPS = [replace(STANDING, time_s=float(second)) for second in range(5)]


class Notebook(Sink):
    """Writes down what it is given, and in which thread."""

    def __init__(self):
        self.pages, self.threads = [], set()

    def _write(self, *page):
        self.pages.append(page)
        self.threads.add(threading.current_thread().name)

    def detection(self, time_s, marks, frame=None, still_since_s=None):  # noqa: ARG002
        self._write("detection", time_s, marks, frame)

    def steps(self, steps):
        for step in steps:
            self._write("step", step.time_s)

    def events(self, time_s, events):
        self._write("events", time_s, *events)

    def track(self, track, source, warnings):
        self._write("track", track, source, warnings)

    def result(self, result):
        self._write("result", result)

    def close(self):
        self._write("close")


def given(sink):
    """Hand everything to a sink that there is."""
    sink.detection(0.0, None, PICTURE)
    sink.steps(STEPS)
    sink.events(4.0, [Note("pause", "by key")])
    sink.result(RESULT)
    sink.close()
    return sink


def expected():
    notebook = given(Notebook())
    return notebook.pages


def test_a_sink_does_nothing_by_itself():
    sink = given(Sink())
    assert (sink.faults, sink.done_s) == ((), float("inf"))


def in_background(make, tmp_path, *, live, **options):
    if live:
        return InLiveBackground(make, tmp_path / "file", name="notes", **options)
    return InBackground(make, name="notes", **options)


@pytest.mark.parametrize("live", [False, True])
class TestInBackground:
    def test_everything_is_handed_on_in_order_by_one_thread(self, tmp_path, live):
        notebook = Notebook()
        sink = given(in_background(lambda: notebook, tmp_path, live=live))
        assert (notebook.pages, notebook.threads) == (expected(), {"notes"})
        assert sink.faults == ()

    def test_it_tells_how_far_it_is(self, tmp_path, live):
        sink = given(in_background(Notebook, tmp_path, live=live))
        assert sink.done_s == STEPS[-1].time_s

    def test_what_a_sink_has_no_use_for_does_not_wait_for_it(self, tmp_path, live):
        notebook = Notebook()
        given(in_background(lambda: notebook, tmp_path, live=live, takes={"detection"}))
        assert [page[0] for page in notebook.pages] == ["detection", "result", "close"]

    def test_to_close_twice_is_fine(self, tmp_path, live):
        sink = given(in_background(Notebook, tmp_path, live=live))
        sink.close()


class Broken(Notebook):
    def steps(self, steps):  # noqa: ARG002
        raise OSError(28, "No space left on device")


class BrokenWholly(Broken):
    def close(self):
        raise OSError(5, "Input/output error")


def unable():
    raise OSError(2, "No such file or directory")


class Held(Notebook):
    """Takes no step before it may."""

    def __init__(self):
        super().__init__()
        self.may = threading.Event()

    def steps(self, steps):
        assert self.may.wait(10.0)
        super().steps(steps)


class TestOfARecording:
    @pytest.mark.parametrize("make", [Broken, BrokenWholly, unable])
    def test_a_fault_is_raised(self, make):
        sink = InBackground(make, name="notes")
        with pytest.raises(OSError, match="No s"):
            given(sink)
        sink.close()

    def test_a_sink_that_is_slow_is_waited_for(self):
        held = Held()
        sink = InBackground(lambda: held, name="notes", most_waiting=1)
        threading.Timer(0.3, held.may.set).start()
        given(sink)
        assert held.pages == expected()

    def test_while_its_end_is_waited_for_the_caller_is_told(self):
        held, told = Held(), []

        def tell():
            told.append(sink.done_s)
            held.may.set()

        sink = InBackground(lambda: held, name="notes", start_s=-1.0, while_finishing=tell)
        given(sink)
        assert told[0] == -1.0

    def test_without_a_result_it_is_given_up(self):
        held = Held()
        sink = InBackground(lambda: held, name="notes")
        sink.steps(STEPS)
        threading.Timer(0.3, held.may.set).start()
        sink.close()
        assert held.pages[-1] == ("close",)
        assert len(held.pages) < len(STEPS)

    def test_one_that_takes_no_steps_is_never_behind(self):
        assert given(InBackground(Notebook, name="notes", takes=())).done_s == float("inf")


class TestOfALiveSession:
    @pytest.mark.parametrize("make", [Broken, BrokenWholly, unable])
    def test_a_fault_is_told_and_raises_nothing(self, tmp_path, make):
        sink = given(InLiveBackground(make, tmp_path / "file", name="notes"))
        (fault,) = sink.faults
        assert fault.startswith(f"{tmp_path / 'file'}: cannot be written (No s")

    def test_without_a_result_it_is_finished_all_the_same(self, tmp_path):
        notebook = Notebook()
        sink = InLiveBackground(lambda: notebook, tmp_path / "file", name="notes")
        sink.steps(STEPS)
        sink.close()
        assert notebook.pages == [*(("step", step.time_s) for step in STEPS), ("close",)]

    def test_what_it_is_too_slow_for_is_left_out_and_counted(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sinks, "CLOSE_S", 0.2)
        held = Held()
        sink = InLiveBackground(lambda: held, tmp_path / "file", name="video", most_waiting=2)
        sink.steps(STEPS)
        held.may.set()
        sink.close()
        assert len(held.pages) - 1 + sink.left_out == len(STEPS)
        assert sink.faults == (f"the video lacks {sink.left_out} pictures: it was too slow",)

    def test_a_disk_that_sleeps_is_not_waited_for_forever(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sinks, "CLOSE_S", 0.2)
        held = Held()
        sink = given(InLiveBackground(lambda: held, tmp_path / "file", name="notes"))
        held.may.set()
        (fault,) = sink.faults
        assert fault == f"{tmp_path / 'file'}: the disk is too slow; the end is missing"
