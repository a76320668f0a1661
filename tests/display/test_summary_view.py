"""The last picture: a row for everything that was asked for, and what was held of it."""

from contextlib import contextmanager
from functools import cache
from itertools import combinations, pairwise
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.display.pictures.canvas import BLUE, CAPITAL, DARK, TRACK, Brush, Line, Type
from backstretch.display.pictures.live_view import LEAST_WH
from backstretch.display.pictures.summary_view import Ending, draw_summary
from backstretch.frame import Source
from backstretch.judging.hold_clock import Hold, Kind, Span
from backstretch.judging.matching import Form
from backstretch.judging.recognition import Held
from backstretch.judging.request import Assignment
from backstretch.judging.result import Result, tallies
from backstretch.live.run import ONCE_OR_TWICE
from tests.library import LIBRARY

POSES = tuple(LIBRARY.poses.values())
BOTH, EACH = (tuple(p for p in POSES if p.sides == sides) for sides in ("both", "each"))
SIDE_BEND = next(pose for pose in POSES if pose.id == "standing_side_bend")
SOURCE = Source("camera 0", 60.0, 30.0, 1800, 1280, 720)
HD, FULL_HD = (1280, 720), (1920, 1080)
SIZES = [LEAST_WH, (640, 480), HD, FULL_HD, (720, 1280), (2560, 1080)]
ADVICE = Ending((ONCE_OR_TWICE,))


def held(pose, side, seconds, start_s=0.0):
    spans = (Span(start_s, start_s + seconds, Kind.VALID),)
    return Held(Form(pose, side), Hold(start_s, start_s + seconds, spans, 120.0, 90.0))


def result(*holds, poses=(SIDE_BEND,), sides=(), title="", aim=(20.0, 1)):
    aims = dict.fromkeys([p.id for p in poses], aim)
    assignment = Assignment(poses, sides=sides, title=title, aims=aims)
    return Result(SOURCE, assignment, holds, (), (), None, 1.0)


def of_rows(count):
    """A result with so many rows, something held in the first one."""
    poses = (*BOTH[: count % 2], *EACH[: count // 2])
    first = Form(poses[0], None if count % 2 else "left")
    return result(held(first.pose, first.side, 25.0), poses=poses, title="All of them")


@cache
def letters():
    return Type()


@contextmanager
def writing():
    lines: list[Line] = []
    plain = Brush.write

    def write(brush, line):
        lines.append(line)
        plain(brush, line)

    with patch.object(Brush, "write", write):
        yield lines


def lines_of(shown, wh=HD, ending=ADVICE):
    with writing() as written:
        draw_summary(shown, wh, ending)
    return written


def texts_of(shown, wh=HD, ending=ADVICE):
    return [line.text for line in lines_of(shown, wh, ending)]


def extent(line):
    """Left, top, right and bottom of the capitals of a line."""
    right = line.x + letters().width(line.text, line.size, line.weight)
    return line.x, line.y - CAPITAL * line.size, right, line.y


def bars(shown, wh=HD):
    """Blue pixels of each bar and all of it, from the first row down, read off the picture."""
    picture = draw_summary(shown, wh, ADVICE)
    at = round(0.4 * wh[0] + 0.02 * wh[0])
    full = (picture == BLUE).all(axis=2) | (picture == TRACK).all(axis=2)
    rows = np.flatnonzero(np.diff(np.r_[0, full[:, at].astype(int), 0])).reshape(-1, 2)
    middles = rows.mean(axis=1).astype(int)
    return [((picture[y] == BLUE).all(axis=1).sum(), full[y].sum()) for y in middles]


class TestRows:
    def test_there_is_one_for_each_side_that_was_asked_for(self):
        texts = texts_of(result())
        assert "Standing side bend, left" in texts
        assert "Standing side bend, right" in texts

    def test_there_is_none_for_a_side_that_was_not_asked_for(self):
        texts = texts_of(result(sides=("left",)))
        assert "Standing side bend, left" in texts
        assert "Standing side bend, right" not in texts

    def test_there_is_one_for_each_stretch_even_if_nothing_was_held(self):
        texts = texts_of(result(poses=BOTH[:3], title="Three"))
        assert all(pose.name in texts for pose in BOTH[:3])

    def test_the_figures_are_those_of_the_result(self):
        texts = texts_of(result(held(SIDE_BEND, "left", 12.4)))
        assert "12 s · 0 of 1 hold of 20 s" in texts
        assert "0 s · 0 of 1 hold of 20 s" in texts

    def test_only_what_is_done_has_a_tick(self):
        shown = result(held(SIDE_BEND, "left", 20.0), held(SIDE_BEND, "right", 19.9, 30.0))
        ticked = [text for text in texts_of(shown) if "✓" in text]
        assert ticked == ["20 s · 1 of 1 hold of 20 s ✓"]

    def test_several_holds_need_all_of_them_for_a_tick(self):
        once = held(SIDE_BEND, "left", 20.0)
        again = held(SIDE_BEND, "left", 20.0, 30.0)
        ticks = [
            sum("✓" in text for text in texts_of(result(*holds, sides=("left",), aim=(20.0, 2))))
            for holds in ((once,), (once, again))
        ]
        assert ticks == [0, 1]

    def test_the_font_has_the_tick(self):
        pictures = []
        for text in ("✓", "\ue123"):
            pictures.append(np.zeros((60, 60, 3), np.uint8))
            Brush(letters(), pictures[-1], 1.0).write(Line(text, 10, 40, 30))
        assert pictures[0].any()
        assert not np.array_equal(pictures[0], pictures[1])


class TestBars:
    def test_are_filled_by_their_share(self):
        seconds = (0.0, 5.0, 10.0, 20.0, 40.0)
        shares = []
        for each in seconds:
            holds = (held(SIDE_BEND, "left", each),) if each else ()
            ((blue, whole),) = bars(result(*holds, sides=("left",)))
            shares.append(blue / whole)
        assert shares == pytest.approx([0.0, 0.25, 0.5, 1.0, 1.0], abs=0.01)

    def test_are_empty_where_nothing_was_held(self):
        assert [blue for blue, _ in bars(result())] == [0, 0]


class TestWords:
    def test_the_sum_is_that_of_all_rows(self):
        shown = result(held(SIDE_BEND, "left", 20.2), held(SIDE_BEND, "right", 10.1, 30.0))
        assert "30 s held" in texts_of(shown)

    def test_it_is_said_when_nothing_was_held(self):
        assert "Nothing was held this time" in texts_of(result())

    def test_one_stretch_gives_its_name_and_several_that_of_the_set(self):
        assert SIDE_BEND.name in texts_of(result())
        assert "Lower back" in texts_of(result(poses=BOTH[:2], title="Lower back"))

    def test_the_advice_and_how_to_close_stand_below(self):
        *_, advice, close = lines_of(result())
        assert (advice.text, close.text) == (ONCE_OR_TWICE, "Press any key to close.")
        assert advice.y < close.y


def test_there_can_be_so_many_rows():
    assert [len(tallies(of_rows(count))) for count in range(1, 21)] == list(range(1, 21))


@pytest.mark.parametrize("count", range(1, 21))
@pytest.mark.parametrize("wh", [HD, FULL_HD])
class TestManyRows:
    @pytest.mark.exhaustive
    def test_have_a_bar_each(self, count, wh):
        assert len(bars(of_rows(count), wh)) == count

    def test_are_complete(self, count, wh):
        shown = of_rows(count)
        texts = texts_of(shown, wh)
        for tally in tallies(shown):
            side = f", {tally.form.side}" if tally.form.side else ""
            assert f"{tally.form.pose.name}{side}" in texts

    def test_keep_off_each_other_and_the_edges(self, count, wh):
        areas = [extent(line) for line in lines_of(of_rows(count), wh)]
        for left, top, right, bottom in areas:
            assert left >= 0
            assert right <= wh[0]
            assert 0 <= top < bottom <= wh[1]
        for (l1, t1, r1, b1), (l2, t2, r2, b2) in combinations(areas, 2):
            assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1

    def test_stand_one_below_the_other(self, count, wh):
        figures = [line.y for line in lines_of(of_rows(count), wh) if " of 1 hold of " in line.text]
        assert len(figures) == count
        assert all(before < after for before, after in pairwise(figures))


@pytest.mark.parametrize("wh", SIZES)
def test_it_is_drawn_in_any_size(wh):
    shown = of_rows(7)
    assert draw_summary(shown, wh, ADVICE).shape == (wh[1], wh[0], 3)
    for line in lines_of(shown, wh):
        assert extent(line)[2] <= wh[0], line


@pytest.mark.parametrize("wh", [(0, 0), (1, 1), (5000, 10)])
def test_it_is_never_smaller_than_the_least(wh):
    expected = tuple(max(pair) for pair in zip(wh, LEAST_WH, strict=True))
    assert draw_summary(result(), wh, ADVICE).shape == (expected[1], expected[0], 3)


@given(
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    advice=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), max_size=3),
    wh=st.tuples(st.integers(320, 3840), st.integers(180, 2160)),
)
def test_any_words_stay_within_the_picture(title, advice, wh):
    shown = result(held(BOTH[0], None, 12.0), poses=BOTH[:3], title=title)
    for line in lines_of(shown, wh, Ending(tuple(advice))):
        left, _, right, bottom = extent(line)
        assert 0 <= left <= right <= wh[0], line
        assert bottom <= wh[1], line


def test_drawing_twice_gives_the_same_picture():
    assert np.array_equal(
        draw_summary(of_rows(5), HD, ADVICE), draw_summary(of_rows(5), HD, ADVICE)
    )


def test_the_edges_are_left_free():
    picture = draw_summary(of_rows(20), HD, ADVICE)
    inner = picture.copy()
    inner[20:-20, 20:-20] = DARK
    assert (inner == DARK).all()
