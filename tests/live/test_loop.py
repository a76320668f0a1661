"""The loop of a live session: pictures come from a stand-in for hardware, landmarks are known beforehand."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from queue import Empty, SimpleQueue

import numpy as np
import pytest

from backstretch.coaching.coach import Coach
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.programme import Programme, part_of
from backstretch.coaching.scene import Command, Note, Phase, Say
from backstretch.coaching.speaking import CAMERA_LOST, CAMERA_MOVED, CAMERA_STILL, PORTRAIT
from backstretch.errors import NoticeKind
from backstretch.formats.sinks import Sink
from backstretch.frame import Frame
from backstretch.judging.hold_clock import Kind
from backstretch.kinematics.landmarks import LONGEST_GAP_S, Landmarks
from backstretch.live.led_session import CoachedSession
from backstretch.live.loop import (
    SILENT_S,
    SLOW_AFTER,
    SLOW_LOOK_S,
    SLOW_LOOKS,
    STANDS_STILL,
    WAIT_S,
    CarefulPace,
    Live,
    SlowNote,
)
from backstretch.poses.pose import GRACE_UNSEEN_S
from backstretch.vision.portraits import portrait_until_s
from tests.coached import BEND, FOLD
from tests.figures import FRONT, WH, every, moments, side_bend
from tests.gallery import Gallery, beside, picture
from tests.landmarkers import Blind

FPS = 8.0
IN_TIME_S = 20.0
IMAGES = [np.broadcast_to(np.uint8(light), (WH[1], WH[0], 3)) for light in (110, 120, 130)]
"""In turn: a sensor never gives the same picture twice."""
KEYS = [(0, 0), (1.5, 0), (4, 30), (12, 30), (14, 0), (15, 0)]
"""A side bend; the lean that every moment has."""
OFTEN = part_of(BEND, "left", 30.0, 99)


@dataclass(frozen=True)
class Silence:
    """Nothing comes, and it is this time by the capture clock."""

    until_s: float
    lost: str = ""


class Reel:
    """Gives pictures and silences in turn, without any waiting; its clock is that of what it gives."""

    def __init__(self, items):
        self._items = list(items)
        self._now_s = 0.0
        self.lost = ""

    @property
    def ended(self):
        return not self._items

    def newest(self, timeout_s):  # noqa: ARG002
        item = self._items.pop(0)
        self.lost = item.lost if isinstance(item, Silence) else ""
        if isinstance(item, Silence):
            self._now_s = item.until_s
            return None
        self._now_s = max(self._now_s, item.time_s)
        return item

    def now_s(self):
        return self._now_s


class Camera:
    """Gives pictures when a test says so, by the true clock."""

    def __init__(self):
        self.ended, self.lost = False, ""
        self._frames: SimpleQueue[Frame] = SimpleQueue()
        self._start_s = time.perf_counter()
        self._count = 0

    def shoot(self):
        self._frames.put(frame(self.now_s(), self._count))
        self._count += 1

    def newest(self, timeout_s):
        try:
            return self._frames.get(timeout=timeout_s)
        except Empty:
            return None

    def now_s(self):
        return time.perf_counter() - self._start_s


@dataclass
class Known(Blind):
    """A landmarker that knows what is in each picture by its number.

    Attributes:
        bodies: Landmarks by the picture's number; the last ones for all that follow.
        slow_s: How long a look takes.
        searched: What `on_search` said when somebody else was looked for.
    """

    bodies: list[Landmarks | None]
    slow_s: float = 0.0
    searched: list[object] = field(default_factory=list)
    on_search: Callable[[], object] = lambda: None

    def look(self, frame):
        time.sleep(self.slow_s)
        return self.bodies[min(frame.index, len(self.bodies) - 1)]

    def find_another(self, _frame, _marks):
        self.searched.append(self.on_search())


class Notebook(Sink):
    """Writes down what it is given."""

    def __init__(self):
        self.pictures, self.moments, self.told, self.threads = [], [], [], set()

    def detection(self, time_s, marks, frame=None, still_since_s=None):  # noqa: ARG002
        assert frame.time_s == time_s
        self.pictures.append((time_s, marks))
        self.threads.add(threading.current_thread().name)

    def steps(self, steps):
        self.moments += steps

    def events(self, time_s, events):
        self.told += [(time_s, event) for event in events]

    def notes(self, what):
        return [e for _, e in self.told if isinstance(e, Note) and e.what == what]


def frame(time_s, index=0):
    return Frame(index, time_s, IMAGES[index % 3])


@cache
def bending(fps=FPS):
    return moments(lambda deg: side_bend(deg).seen(FRONT), KEYS, every(fps, KEYS[-1][0]))


def pictures(take):
    return [frame(time_s, index) for index, (time_s, _) in enumerate(take)]


def practising(*parts, rest_s=2.0, **options):
    programme = Programme("Test", parts or (OFTEN,), rest_s)
    return CoachedSession(programme, Coach(programme), **options)


def played(items, take, session=None, slow_s=0.0):
    """Run a whole session of these items; return it with what it told."""
    notebook = Notebook()
    live = Live(
        Reel(items), Known([m for _, m in take], slow_s), session or practising(), [notebook]
    )
    with live:
        live.wait(60.0)
        assert live.over
    return live, notebook


def result_of(live):
    return live.session.result(live.source("camera 0"), live.notices)


def lapse(take, from_s, to_s, lost=""):
    """The pictures of a take without those in between, in which a tenth of a second passes at a time."""
    before = [f for f in pictures(take) if f.time_s <= from_s]
    after = [f for f in pictures(take) if f.time_s >= to_s]
    ticks = np.arange(before[-1].time_s + WAIT_S, to_s - 0.01, WAIT_S)
    return [*before, *(Silence(float(t), lost) for t in ticks), *after]


def wait_for(condition):
    """Return once it holds; fail when it does not."""
    start_s = time.perf_counter()
    while not condition():
        assert time.perf_counter() - start_s < IN_TIME_S, "it did not happen"
        time.sleep(0.002)


@cache
def whole():
    """The result of a session in which every picture comes."""
    take = bending()
    return result_of(played(pictures(take), take)[0])


# Pictures


def test_every_picture_is_looked_at_judged_and_handed_on():
    take = bending()
    live, notebook = played(pictures(take), take)
    times = [t for t, _ in take]
    assert [t for t, _ in notebook.pictures] == times
    assert [step.time_s for step in notebook.moments] == times
    assert live.figures.frames == len(take)


def test_the_seconds_are_those_of_the_same_landmarks_without_a_camera():
    session = practising()
    for time_s, marks in bending():
        session.push(time_s, marks, Surroundings(120.0))
    session.finish(Surroundings())
    assert [held.hold.spans for held in whole().holds] == [h.hold.spans for h in session.holds]


def test_a_picture_that_comes_out_of_order_is_skipped():
    take = bending()
    mixed = pictures(take)
    mixed.insert(20, frame(0.5, 5))
    live, notebook = played(mixed, take)
    assert [t for t, _ in notebook.pictures] == [t for t, _ in take]
    assert live.figures.frames == len(take)


def test_a_picture_that_was_on_its_way_while_its_moment_was_told_as_missed_is_skipped():
    take = bending()
    items = lapse(take, 6.0, 7.0)
    late = next(
        n for n, item in enumerate(items) if isinstance(item, Silence) and item.until_s > 6.75
    )
    items.insert(late + 1, frame(6.3, 63))
    _, notebook = played(items, take)
    times = [step.time_s for step in notebook.moments]
    assert 6.3 not in [t for t, _ in notebook.pictures]
    assert times == sorted(set(times))


def test_what_can_be_shown_belongs_together():
    take = bending()
    live, _ = played(pictures(take)[:30], take)
    assert (live.state.frame.index, live.state.marks) == (29, take[29][1])
    assert live.state.scene.name == "Standing side bend, left side"


def test_before_the_first_picture_there_is_a_scene_to_show():
    live = Live(Reel([]), Known([None]), practising(), [])
    assert (live.state.frame, live.state.marks, live.state.step) == (None, None, None)
    assert live.state.scene.title == "Set up"


def test_the_source_tells_how_many_pictures_were_looked_at_and_how_often():
    take = bending()
    source = played(pictures(take), take)[0].source("camera 0")
    assert (source.path, source.frames, source.duration_s) == ("camera 0", len(take), 15.0)
    assert (source.width, source.height) == WH
    assert source.fps == pytest.approx(FPS, abs=0.1)


def test_the_delay_is_counted_from_the_capture_of_a_picture():
    class Late(Reel):
        """Its clock is 0.7 s past the picture that it gives."""

        def now_s(self):
            return super().now_s() + 0.7

    take = bending()[:3]
    with Live(Late(pictures(take)), Known([take[0][1]]), practising(), []) as live:
        wait_for(lambda: live.over)
    assert list(live.figures.delay_s) == pytest.approx([0.7] * 3)


def test_own_work_is_counted_without_the_model():
    slow_s, take = 0.5, bending()[:3]
    live = Live(Reel(pictures(take)), Known([take[0][1]], slow_s), practising(), [])
    with live:
        wait_for(lambda: live.over)
    assert min(live.figures.own_s) < slow_s


def test_sinks_are_called_from_the_thread_that_looks():
    take = bending()[:5]
    assert played(pictures(take), take)[1].threads == {"look"}


def test_it_is_told_how_light_the_picture_is():
    dark = [
        Frame(n, t, np.full((48, 64, 3), 4 * (n % 2), np.uint8))
        for n, t in enumerate(every(FPS, 8.0))
    ]
    assert "dark" in played(dark, bending()[:1])[0].state.scene.line


# Careful looks


class Careful(Known):
    """Writes down by which models each picture was looked at."""

    def __init__(self, body):
        super().__init__([body])
        self.models = []

    def look(self, frame):
        self.models.append(())
        return super().look(frame)

    def look_carefully(self, frame, models):
        self.models.append(models)
        return super().look(frame)


@pytest.mark.parametrize("careful_look", [(), ("heavy",), ("heavy", "full")])
def test_somebody_is_looked_at_as_the_stretch_that_is_led_asks(careful_look):
    take = bending()[:3]
    landmarker = Careful(take[0][1])
    session = practising(part_of(replace(BEND, careful_look=careful_look)))
    with Live(Reel(pictures(take)), landmarker, session, []) as live:
        wait_for(lambda: live.over)
    assert landmarker.models == [careful_look] * 3


def models_after(took_s, asked=("heavy",), pace=None):
    pace = pace or CarefulPace()
    for each_s in took_s:
        pace.models(asked)
        pace.push(each_s)
    return pace.models(asked)


SLOW, QUICK = 2 * SLOW_LOOK_S, SLOW_LOOK_S / 2


@pytest.mark.parametrize(
    ("took_s", "models"),
    [
        ([QUICK] * 50, ("heavy",)),
        ([SLOW] * (SLOW_LOOKS - 1), ("heavy",)),
        ([*[SLOW] * (SLOW_LOOKS - 1), QUICK] * 3, ("heavy",)),
        ([SLOW] * SLOW_LOOKS, ()),
    ],
)
def test_a_slow_machine_goes_on_without_the_careful_look(took_s, models):
    assert models_after(took_s) == models


def test_slow_looks_leave_less_unseen_than_ends_a_hold():
    assert SLOW_LOOK_S < LONGEST_GAP_S
    assert SLOW_LOOKS * (SLOW_LOOK_S + 0.2) < GRACE_UNSEEN_S


@pytest.mark.parametrize(("took_s", "count"), [(QUICK, 6), (SLOW, SLOW_LOOKS)])
def test_the_result_says_where_a_machine_was_too_slow_for_the_careful_look(
    monkeypatch, took_s, count
):
    class Slow(Careful):
        now_s = 0.0

        def look_carefully(self, frame, models):
            self.now_s += took_s
            return super().look_carefully(frame, models)

    take = bending()[:6]
    landmarker = Slow(take[0][1])
    monkeypatch.setattr("backstretch.live.loop.perf_counter", lambda: landmarker.now_s)
    session = practising(part_of(replace(BEND, careful_look=("heavy",))))
    with Live(Reel(pictures(take)), landmarker, session, []) as live:
        wait_for(lambda: live.over)
    assert landmarker.models == [("heavy",)] * count + [()] * (6 - count)
    kinds = [notice.kind for notice in result_of(live).notices]
    assert (NoticeKind.USUAL_LOOK in kinds) == (count < 6)


def test_another_stretch_is_tried_carefully_again():
    pace = CarefulPace()
    assert models_after([SLOW] * SLOW_LOOKS, pace=pace) == ()
    assert pace.models(()) == ()
    assert pace.models(("heavy",)) == ("heavy",)


# Commands


def test_a_key_is_obeyed_before_the_next_picture_is_looked_at():
    class Pressing(Known):
        def look(self, frame):
            if frame.index == 2:
                live.command(Command.PAUSE)
            return super().look(frame)

    take, notebook = bending()[:6], Notebook()
    live = Live(Reel(pictures(take)), Pressing([take[0][1]]), practising(), [notebook])
    with live:
        wait_for(lambda: live.over)
    (pressed_s,) = [t for t, event in notebook.told if event in notebook.notes("pause")]
    assert pressed_s == take[2][0]
    assert live.session.leader.phase is Phase.PAUSED


def test_a_key_is_obeyed_without_any_picture():
    notebook = Notebook()
    with Live(Camera(), Known([None]), practising(), [notebook]) as live:
        time.sleep(0.05)
        live.command(Command.PAIN)
        wait_for(lambda: notebook.notes("pain"))
        assert notebook.pictures == []


def test_keys_are_obeyed_in_their_order():
    notebook = Notebook()
    with Live(Camera(), Known([None]), practising(OFTEN, part_of(FOLD)), [notebook]) as live:
        for command in (Command.NEXT, Command.BACK, Command.PAUSE):
            live.command(command)
        wait_for(lambda: notebook.notes("pause"))
    told = [event.what for _, event in notebook.told if isinstance(event, Note)]
    assert told == ["next", "back", "pause"]


def test_the_key_that_quits_ends_the_session():
    live = Live(Camera(), Known([None]), practising(), [])
    with live:
        live.command(Command.QUIT)
        wait_for(lambda: live.over)
    assert live.session.leader.end_reason == "quit"


# Without pictures


def test_a_short_silence_is_no_moment():
    take = bending()
    _, notebook = played(lapse(take, 6.0, 6.0 + SILENT_S), take)
    assert all(step.landmarks is not None for step in notebook.moments)


def test_a_silence_is_told_as_nobody_in_view():
    take = bending()
    _, notebook = played(lapse(take, 6.0, 7.5), take)
    missed = [step.time_s for step in notebook.moments if step.landmarks is None]
    assert min(missed) > 6.0 + SILENT_S
    assert max(missed) < 7.5


def test_a_silence_before_the_first_picture_is_told_as_nothing():
    take = bending()[:3]
    silence = [Silence(0.1 * n) for n in range(50)]
    _, notebook = played([*silence, *pictures([(t + 5.0, m) for t, m in take])], take)
    assert [step.time_s for step in notebook.moments] == pytest.approx([5.0, 5.125, 5.25])


def test_a_short_lapse_is_unseen_time_of_the_hold_that_goes_on():
    take = bending()
    (held,) = result_of(played(lapse(take, 6.0, 7.5), take)[0]).holds
    assert held.hold.unseen_s == pytest.approx(1.5, abs=0.01)
    assert held.hold.valid_s == pytest.approx(whole().seconds(Kind.VALID) - 1.5, abs=0.01)


def test_after_a_long_lapse_a_new_hold_begins_and_nothing_of_it_counts():
    take = bending()
    result = result_of(played(lapse(take, 6.0, 9.5), take)[0])
    first, second = (held.hold for held in result.holds)
    assert (first.end_s, second.start_s) == pytest.approx((6.0, 9.5))
    assert result.seconds(Kind.VALID) == pytest.approx(whole().seconds(Kind.VALID) - 3.5, abs=0.01)


def test_a_lost_camera_is_told_once_and_its_return_once():
    take = bending()
    _, notebook = played(lapse(take, 6.0, 9.0, "unplugged"), take)
    assert notebook.notes("camera lost") == [Note("camera lost", "unplugged")]
    assert notebook.notes("camera back") == [Note("camera back", "")]
    said = [e for _, e in notebook.told if e == Say(CAMERA_LOST, urgent=True)]
    assert len(said) == 1


def stopped(take, from_s, to_s):
    """The pictures of a take; between two times it is the same one again and again."""
    given = pictures(take)
    held = next(each for each in given if each.time_s >= from_s)
    return [
        replace(each, image=held.image) if from_s <= each.time_s <= to_s else each for each in given
    ]


def test_a_camera_that_stands_still_is_told_once_and_its_return_once():
    take = bending()
    _, notebook = played(stopped(take, 5.0, 11.0), take)
    assert notebook.notes("camera lost") == [Note("camera lost", STANDS_STILL)]
    assert notebook.notes("camera back") == [Note("camera back", "")]
    assert [e for _, e in notebook.told if e == Say(CAMERA_STILL, urgent=True)]
    assert not [e for _, e in notebook.told if e == Say(CAMERA_LOST, urgent=True)]


def test_a_camera_that_moves_is_told_once():
    take = bending()
    room = np.random.default_rng(1).integers(60, 190, (12, 16, 3)).astype(np.uint8)
    before = room.repeat(40, axis=0).repeat(40, axis=1)
    after = np.roll(before, 100, axis=1)
    given = [
        replace(each, image=(before if each.time_s < 8.0 else after) - np.uint8(each.index % 3 * 9))
        for each in pictures(take)
    ]
    live, notebook = played(given, take)
    assert notebook.notes("camera moved") == [Note("camera moved", "")]
    assert [e for _, e in notebook.told if e == Say(CAMERA_MOVED)]
    assert NoticeKind.CAMERA_MOVED in {each.kind for each in live.notices}


def test_the_time_in_which_it_stands_still_does_not_count():
    take = bending()
    result = result_of(played(stopped(take, 5.0, 11.0), take)[0])
    assert result.holds[0].hold.end_s == pytest.approx(5.0)
    lost_s = whole().seconds(Kind.VALID) - result.seconds(Kind.VALID)
    assert lost_s == pytest.approx(6.0 + 1 / FPS, abs=0.01)
    assert NoticeKind.STANDS_STILL in {each.kind for each in result.notices}


def test_a_camera_lost_twice_is_told_twice():
    take = bending()
    items = lapse(take, 5.0, 6.5, "unplugged")
    second = lapse(take, 8.0, 9.5, "unplugged")
    merged = [i for i in items if not isinstance(i, Frame) or i.time_s <= 8.0]
    merged += [i for i in second if isinstance(i, Silence) or i.time_s > 8.0]
    _, notebook = played(merged, take)
    assert (len(notebook.notes("camera lost")), len(notebook.notes("camera back"))) == (2, 2)


def test_while_the_camera_is_lost_the_last_picture_is_shown_with_the_reason():
    take = bending()
    items = [*pictures(take)[:30], *(Silence(3.7 + 0.1 * n, "unplugged") for n in range(1, 12))]
    live, _ = played(items, take)
    assert (live.state.lost, live.state.frame.index, live.state.marks) == ("unplugged", 29, None)


def test_a_file_with_a_gap_is_not_called_lost():
    take = bending()
    _, notebook = played(lapse(take, 6.0, 9.0), take)
    assert (notebook.notes("camera lost"), notebook.notes("camera back")) == ([], [])


# Ends


def test_a_source_that_ends_ends_the_session():
    take = bending()[:5]
    live = Live(Reel(pictures(take)), Known([take[0][1]]), practising(), [])
    with live:
        live.wait(5.0)
        assert live.over
    assert live.session.leader.end_reason == ""


def test_a_programme_that_is_done_ends_the_session_before_its_source():
    take = bending()
    live, _ = played(pictures(take), take, practising(part_of(BEND, "left", 5.0, 1)))
    assert live.session.leader.end_reason == "done"
    assert live.figures.frames < len(take)


def test_to_stop_closes_what_is_open_so_that_it_counts():
    camera, take = Camera(), bending()
    with Live(camera, Known([take[60][1]]), practising(), []) as live:
        for _ in range(9):
            camera.shoot()
            time.sleep(0.1)
        live.stop()
        (held,) = result_of(live).holds
    assert held.hold.end_s == pytest.approx(live.last_s)
    assert held.hold.valid_s > 0.5


def test_leaving_stops_the_session():
    live = Live(Camera(), Known([None]), practising(), [])
    with live:
        assert not live.over
    assert live.over


def test_to_stop_twice_ends_the_session_once():
    notebook = Notebook()
    with Live(Camera(), Known([None]), practising(), [notebook]) as live:
        live.stop()
        before = live.session.leader.end_reason, list(notebook.told)
        live.stop()
        assert live.over
        assert (live.session.leader.end_reason, notebook.told) == before


def test_a_bug_in_the_landmarker_comes_out_where_the_session_is_watched():
    class Broken(Known):
        def look(self, frame):
            raise ZeroDivisionError(frame.index)

    with Live(Reel(pictures(bending())), Broken([]), practising(), []) as live:
        live.wait(5.0)
        with pytest.raises(ZeroDivisionError):
            assert live.over


@pytest.mark.parametrize("where", ["detection", "steps", "events"])
def test_a_bug_in_a_sink_comes_out_where_the_session_is_watched(where):
    def broken(*_):
        raise ZeroDivisionError

    sink = Notebook()
    setattr(sink, where, broken)
    with Live(Reel(pictures(bending())), Known([None]), practising(), [sink]) as live:
        live.wait(5.0)
        with pytest.raises(ZeroDivisionError):
            assert live.over


def test_a_source_that_breaks_comes_out_where_the_session_is_watched():
    class Broken(Reel):
        def newest(self, timeout_s):
            raise ZeroDivisionError(timeout_s)

    with Live(Broken([None]), Known([None]), practising(), []) as live:
        live.wait(5.0)
        with pytest.raises(ZeroDivisionError):
            assert live.over


# Others


def test_nobody_else_is_looked_for_in_holds_of_somebody_who_has_moved_but_in_rests():
    first, count = bending(), len(bending())
    take = first + [(t + 15.1, m) for t, m in first]
    session = practising(part_of(BEND, "left", 5.0, 2), rest_s=5.0)
    known = Known([m for _, m in take], on_search=lambda: session.leader.phase)
    with Live(Reel(pictures(take)), known, session, []) as live:
        live.wait(30.0)
        assert live.over
    assert live.figures.frames > count
    assert Phase.RESTING in known.searched
    assert not {Phase.HOLDING, Phase.EASING} & set(known.searched)


def test_a_body_that_jumps_is_warned_of():
    near, far = (side_bend(0.0).seen(FRONT, wh=wh) for wh in (WH, (3 * WH[0], WH[1])))
    live, _ = played([frame(0.0, 0), frame(0.1, 1)], [(0.0, near), (0.1, far)])
    assert [notice.kind for notice in live.notices] == [NoticeKind.JUMPS]


@pytest.mark.parametrize("fps", [6.5, 25.0])
def test_fewer_or_more_pictures_count_the_same_seconds(fps):
    take = bending(fps)
    result = result_of(played(pictures(take), take)[0])
    assert result.seconds(Kind.VALID) == pytest.approx(whole().seconds(Kind.VALID), abs=0.1)


def test_a_mirror_image_is_shown_with_the_mirror_undone():
    take = [(n / 30.0, side_bend(20.0).seen(FRONT, wh=WH)) for n in range(5)]
    live, _ = played(pictures(take), take, practising(mirrored=True))
    frame, marks = live.state.frame, live.state.marks
    assert np.array_equal(frame.image, pictures(take)[-1].image[:, ::-1])
    assert np.allclose(marks.xy_px, take[-1][1].mirrored().xy_px)


def test_a_picture_on_the_wall_is_left_for_the_person_and_what_it_held_does_not_count():
    """The chart shows the stretch from the beginning; the person comes to stand and bend beside it."""
    chart = beside(side_bend(25).seen(FRONT), -180.0)
    take = bending()
    known = {time_s: beside(marks, 150.0) for time_s, marks in take}
    gallery = Gallery(lambda time_s: [chart, known[time_s]])
    given = [picture(time_s, index) for index, (time_s, _) in enumerate(take)]
    notebook = Notebook()
    with Live(Reel(given), gallery, practising(), [notebook]) as live:
        live.wait(60.0)
    assert notebook.notes("portrait") == [Note("portrait", "")]
    assert [e for _, e in notebook.told if e == Say(PORTRAIT)]
    until_s = portrait_until_s(live.notices)
    (held,), (unseen,) = result_of(live).holds, result_of(live).unseen
    assert until_s is not None
    assert (unseen.start_s, unseen.end_s) == pytest.approx((0.0, until_s))
    assert held.hold.start_s >= until_s
    assert held.hold.valid_s == pytest.approx(whole().holds[0].hold.end_s - until_s, abs=0.3)


def slow_notes(times_s):
    """What is shown at each of these times."""
    slow = SlowNote()
    return [slow.push(time_s) for time_s in times_s]


@pytest.mark.parametrize("fps", [6.0, 11.0])
def test_a_machine_that_is_too_slow_is_told(fps):
    notes = slow_notes([n / fps for n in range(SLOW_AFTER + 1)])
    assert set(notes[:-1]) == {""}
    assert notes[-1] == f"Slow: {fps:.0f} pictures a second"


def test_a_quick_machine_or_a_gap_is_not_told_as_slow():
    times_s = [n / 15.0 for n in range(SLOW_AFTER + 1)]
    assert set(slow_notes(times_s)) == {""}
    assert set(slow_notes([*times_s[:9], *(time_s + 60.0 for time_s in times_s[9:])])) == {""}
    assert set(slow_notes([0.0, 1.0, 2.0])) == {""}


def test_what_is_told_of_a_slow_machine_does_not_flicker():
    dice = np.random.default_rng(5)
    times_s = np.cumsum(1.0 / dice.uniform(11.6, 12.4, 12 * 60))  # a minute about the limit
    notes = slow_notes(times_s)
    assert len(list(groupby(notes))) <= 4


def test_a_machine_that_has_become_quick_is_no_longer_told_as_slow():
    slow, quick = np.arange(60) / 6.0, 10.0 + np.arange(200) / 20.0
    assert slow_notes([*slow, *quick])[-1] == ""
