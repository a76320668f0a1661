"""A run of a batch: outcomes come as they are ready, documents in the order that was asked for."""

import json
from dataclasses import replace

import pytest

from backstretch.analysis import batch_run
from backstretch.analysis.batch import SUMMARY, BatchSettings, Item, Reply, Status, Task
from backstretch.analysis.batch_resume import finish, origin_of
from backstretch.analysis.batch_run import Batch, BatchRun, Document, Fault, ItemDone
from backstretch.analysis.batch_workers import Begun, Ended
from backstretch.formats.result_files import RESULT
from backstretch.judging.request import Assignment, Request

SETTINGS = BatchSettings(Request(Assignment(())), (), None, "settings", text=True)
DOCUMENT = {
    "stretches": [],
    "holds": [],
    "totals": {"valid_s": 0.0, "wrong_s": 0.0, "unseen_s": 0.0},
    "warnings": [],
}


class Hired:
    """A pool that does the last task first, with their names for documents."""

    def __init__(self, _settings, _jobs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    @staticmethod
    def events(tasks):
        for task in reversed(tasks):
            yield Begun(task)
            yield Ended(task, Reply(text=task.path.name))


@pytest.fixture(autouse=True)
def hired(monkeypatch):
    monkeypatch.setattr(batch_run, "WorkerPool", Hired)


@pytest.fixture
def items(tmp_path):
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path in paths:
        path.write_bytes(b"moving")
    return [Item(path, path.name) for path in paths]


def kept_in(out, item):
    """A result of a recording, made before."""
    folder = out / item.name
    folder.mkdir(parents=True)
    (folder / RESULT).write_text(json.dumps(DOCUMENT))
    origin = origin_of(item.path, "settings")
    assert origin
    finish(folder, origin)
    return folder / RESULT


def documents(events):
    return [event.text for event in events if isinstance(event, Document)]


def done(events):
    return [event.outcome.item.name for event in events if isinstance(event, ItemDone)]


def test_outcomes_come_as_they_are_ready_and_documents_as_they_were_asked_for(items):
    events = list(BatchRun(Batch(items, SETTINGS, None, None)).events())
    assert done(events) == ["c", "b", "a"]
    assert documents(events) == ["a", "b", "c"]


def test_what_cannot_be_tried_is_not_worked_on(items):
    run = BatchRun(
        Batch([replace(items[0], fault="is not a file"), items[1]], SETTINGS, None, None)
    )
    begun = [event.task.path.name for event in run.events() if isinstance(event, Begun)]
    assert begun == ["b"]
    assert [outcome.status for outcome in run.in_order()] == [Status.FAILED, Status.DONE]


def test_what_was_kept_is_taken_over_with_its_document(items, tmp_path):
    out = tmp_path / "out"
    kept_in(out, items[1])
    run = BatchRun(Batch(items, SETTINGS, None, out))
    assert documents(run.events()) == ["a", json.dumps(DOCUMENT), "c"]
    assert run.outcomes[1].status is Status.KEPT


def test_a_kept_document_that_is_gone_when_its_turn_comes_is_a_fault(items, tmp_path):
    out = tmp_path / "out"
    path = kept_in(out, items[1])
    run = BatchRun(Batch(items, SETTINGS, None, out))
    events = run.events()
    first = next(event for event in events if isinstance(event, ItemDone))
    path.unlink()
    faults = [event.lines for event in events if isinstance(event, Fault)]
    assert first.outcome.status is Status.KEPT
    assert [line.split(" (")[0] for (line,) in faults] == [f"{path}: cannot be read any more"]


def test_a_run_that_is_stopped_still_has_what_waited_for_its_turn(items):
    run = BatchRun(Batch(items, SETTINGS, None, None))
    events = run.events()
    while done([next(events)]) != ["b"]:
        pass
    events.close()
    assert documents(run.finish()) == ["b", "c"]
    assert [outcome.item.name for outcome in run.in_order()] == ["b", "c"]


def test_a_folder_that_nothing_came_into_is_removed(items, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    assert list(BatchRun(Batch(items, SETTINGS, None, out)).finish()) == []
    assert not out.exists()


def test_a_summary_that_cannot_be_written_is_told_once(items, tmp_path):
    out = tmp_path / "out"
    (out / SUMMARY).mkdir(parents=True)
    run = BatchRun(Batch(items, SETTINGS, None, out))
    faults = [event.lines for event in run.events() if isinstance(event, Fault)]
    assert [line.split(" (")[0] for (line,) in faults] == [f"{out / SUMMARY}: cannot be written"]
    assert not run.is_summarised


def test_folders_of_tasks_are_those_of_the_recordings(items, tmp_path):
    run = BatchRun(Batch(items, SETTINGS, None, tmp_path / "out"))
    tasks = [event.task for event in run.events() if isinstance(event, Begun)]
    assert tasks[-1] == Task(0, items[0].path, tmp_path / "out" / "a")
