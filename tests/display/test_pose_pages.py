"""What the terminal shows of a calibration: what changed in words, sides without judgement, and the page."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from backstretch.display.terminal.pose_pages import (
    CLEAR,
    change_words,
    differences,
    reach_words,
    show_new,
    show_personal,
)
from backstretch.kinematics.catalogue import BY_NAME
from backstretch.poses.pose import Calibration, Check, OwnRanges, Reach
from tests.library import LIBRARY

SIDED = LIBRARY.poses["standing_side_bend"]
PLAIN = LIBRARY.poses["standing_forward_fold"]
WIDTH = 100
TAKEN = Calibration("2026-01-31", 2, 12.34, "both", (90.0, 0.0), 0.4, "of the take, 0.2 to 1.2 s")
LARGER = Check(
    measure=BY_NAME["trunk_incl"],
    of="",
    frame="image",
    good=(40.0, 80.0),
    accept=(30.0, 90.0),
    need="always",
    more="larger",
    below="",
    above="",
    source="A test",
)
SMALLER = replace(LARGER, more="smaller")
NEITHER = replace(LARGER, more="")
RATIO = replace(
    LARGER, measure=BY_NAME["nose_aside"], of="work", good=(0.2, 0.4), accept=(0.1, 0.5)
)


def own(check, reach=(62.0, 2.0), **entries):
    """The check as somebody was measured at it."""
    return replace(check, measured=Reach(*reach), **entries)


def calibrated(pose, left, right=None, **changes):
    """The pose with all checks measured at this, and at that on the right side."""
    checks = tuple(
        replace(
            check,
            measured=left and Reach(*left),
            right=right and OwnRanges(check.good, check.accept, Reach(*right)),
        )
        for check in pose.checks
    )
    made = {"checks": checks, "refines": pose.id, "calibration": TAKEN, **changes}
    return replace(pose, **made)


def with_check(pose, number, **entries):
    """The pose with one check changed; the first is number 0."""
    checks = list(pose.checks)
    checks[number] = replace(checks[number], **entries)
    return replace(pose, checks=tuple(checks))


def printed(show, *poses, notes=(), width=WIDTH):
    """The lines of a page."""
    console = Console(record=True, width=width, file=StringIO(), markup=False, emoji=False)
    show(*poses, console, list(notes))
    return console.export_text().splitlines()


def in_one_line(lines):
    """The words of a page without its frame and its line breaks."""
    return " ".join(word for word in " ".join(lines).split() if word not in {"│", "╭─", "─╮"})


# What somebody was measured at


@pytest.mark.parametrize(
    ("check", "reach", "words"),
    [
        (LARGER, (72.0, 2.0), "72 ± 2°"),
        (LARGER, (71.6, 2.4), "72 ± 2°"),
        (LARGER, (-12.3, 4.0), "-12 ± 4°"),
        (RATIO, (0.314, 0.052), "0.31 ± 0.05"),
        (RATIO, (-0.2, 0.1), "-0.20 ± 0.10"),
    ],
)
def test_what_was_measured_is_told_with_its_spread(check, reach, words):
    assert reach_words(own(check, reach)) == words


@pytest.mark.parametrize(("check", "words"), [(LARGER, "60 ± 1°"), (RATIO, "60.00 ± 0.01")])
def test_a_spread_is_never_told_as_nothing(check, words):
    assert reach_words(own(check, (60.0, 0.0))) == words


def test_what_was_not_measured_is_told_as_not_seen():
    assert reach_words(LARGER) == "not seen"


@pytest.mark.parametrize(
    ("check", "at", "words"), [(LARGER, -0.3, "0 ± 2°"), (RATIO, -0.004, "0.00 ± 2.00")]
)
def test_nothing_is_told_without_a_sign(check, at, words):
    assert reach_words(own(check, (at, 2.0))) == words


# What a change means


class TestAChange:
    def test_of_what_was_not_seen_is_none(self):
        assert change_words(LARGER, LARGER) == "not seen; as in the library"

    def test_that_is_none_is_told(self):
        assert change_words(LARGER, own(LARGER)) == "counts as in the library"

    def test_of_the_good_range_only_is_none(self):
        assert change_words(LARGER, own(LARGER, good=(50.0, 60.0))) == "counts as in the library"

    @pytest.mark.parametrize(
        ("before", "accept", "words"),
        [
            (LARGER, (20.0, 90.0), "counts earlier, from 20°: 10° less range is enough"),
            (SMALLER, (30.0, 105.0), "counts earlier, up to 105°: 15° less range is enough"),
            (RATIO, (0.05, 0.5), "counts earlier, from 0.05: 0.05 less range is enough"),
        ],
    )
    def test_towards_rest_counts_earlier(self, before, accept, words):
        assert change_words(before, own(before, accept=accept)) == words

    @pytest.mark.parametrize(
        ("before", "accept", "words"),
        [
            (LARGER, (30.0, 95.0), "allows 5° more, up to 95°"),
            (SMALLER, (24.0, 90.0), "allows 6° more, from 24°"),
            (NEITHER, (30.0, 92.0), "allows 2° more, up to 92°"),
            (NEITHER, (29.0, 90.0), "allows 1° more, from 29°"),
            (RATIO, (0.1, 0.62), "allows 0.12 more, up to 0.62"),
        ],
    )
    def test_outwards_is_more_that_is_allowed(self, before, accept, words):
        assert change_words(before, own(before, accept=accept)) == words

    @pytest.mark.parametrize(
        ("before", "accept", "words"),
        [
            (LARGER, (45.0, 90.0), "counts from 45°: 15° nearer to your own reach"),
            (SMALLER, (30.0, 70.0), "counts up to 70°: 20° nearer to your own reach"),
            (RATIO, (0.2, 0.5), "counts from 0.2: 0.10 nearer to your own reach"),
        ],
    )
    def test_inwards_is_nearer_to_the_own_reach(self, before, accept, words):
        assert change_words(before, own(before, accept=accept)) == words

    def test_at_both_ends_is_told_of_both(self):
        assert change_words(LARGER, own(LARGER, accept=(20.0, 95.0))) == (
            "counts earlier, from 20°: 10° less range is enough; allows 5° more, up to 95°"
        )


# Left and right


def apart(check, by):
    """A pose with one check, this far apart between left and right."""
    right = OwnRanges(check.good, check.accept, Reach(60.0 + by, 2.0))
    return replace(SIDED, checks=(replace(check, measured=Reach(60.0, 2.0), right=right),))


def check_of(unit, frame):
    name = {"deg": "trunk_incl", "ratio": "ankle_sep"}[unit]
    return replace(LARGER, measure=BY_NAME[name], frame=frame)


class TestADifferenceOfSides:
    def test_is_told_with_both_values_and_without_judging(self):
        (words,) = differences(apart(LARGER, -20.0))
        assert words == (
            "trunk angle from upright: 60° on the left, 40° on the right. "
            "Sides often differ, and so do days."
        )

    def test_of_a_ratio_is_told_in_hundredths(self):
        (words,) = differences(apart(check_of("ratio", "image"), 0.5))
        assert "60.00 on the left, 60.50 on the right" in words

    @pytest.mark.parametrize("kind", CLEAR, ids=" ".join)
    @pytest.mark.parametrize("sign", [1.0, -1.0])
    def test_is_told_from_where_it_is_clear(self, kind, sign):
        assert len(differences(apart(check_of(*kind), sign * 1.01 * CLEAR[kind]))) == 1

    @pytest.mark.parametrize("kind", CLEAR, ids=" ".join)
    @pytest.mark.parametrize("sign", [1.0, -1.0])
    def test_is_not_told_where_it_is_small(self, kind, sign):
        assert differences(apart(check_of(*kind), sign * 0.99 * CLEAR[kind])) == []

    def test_is_not_told_of_a_check_of_form(self):
        assert differences(apart(replace(LARGER, need="form"), 50.0)) == []

    def test_is_told_of_a_check_that_is_needed_if_seen(self):
        assert len(differences(apart(replace(LARGER, need="if seen"), 50.0))) == 1

    def test_is_not_told_where_one_side_was_not_seen(self):
        assert differences(with_check(apart(LARGER, 50.0), 0, measured=None)) == []

    def test_is_not_told_where_one_side_is_mirrored_from_the_other(self):
        assert differences(calibrated(SIDED, (60.0, 2.0))) == []


# The page of a personal reference


class TestThePageOfAPersonalReference:
    def test_tells_whose_reference_it_is(self):
        assert f"{PLAIN.name}: your own reference" in self.page()

    def test_tells_when_from_what_and_from_where_it_was_taken(self):
        page = self.page()
        assert "2026-01-31, from 2 stills, 12.3 s together" in page
        assert "from the left side" in page
        assert "Rest of the take, 0.2 to 1.2 s" in page

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"takes": 1}, "from 1 still, 12.3 s together"),
            ({"takes": 1, "seconds": 0.0}, "from 1 still, a photograph"),
            ({"neutral": "none"}, "Rest not seen before the stretch"),
            ({"sides": "both"}, "Sides both at once"),
            ({"sides": "each"}, "Sides each side by itself"),
            ({"sides": "left"}, "Sides left; the right side is mirrored from it"),
            ({"sides": "right"}, "Sides right; the left side is mirrored from it"),
        ],
        ids=str,
    )
    def test_tells_how_it_was_taken(self, changes, words):
        assert words in self.page(calibration=replace(TAKEN, **changes))

    def test_leaves_out_a_rest_that_is_not_known(self):
        assert "Rest" not in self.page(calibration=replace(TAKEN, neutral=""))

    def test_tells_of_each_check_what_was_measured_and_what_counts(self):
        after = with_check(calibrated(PLAIN, (100.0, 3.0)), 0, accept=(47.0, 171.0))
        before = with_check(PLAIN, 0, accept=(57.0, 171.0))
        row = next(line for line in printed(show_personal, before, after) if "57-171°" in line)
        assert "100 ± 3°" in row
        assert row.index("57-171°") < row.index("47-171°") < row.index("counts earlier")

    def test_has_a_row_for_each_check(self):
        rows = printed(show_personal, PLAIN, calibrated(PLAIN, (1.0, 0.5)))
        assert sum(" ± " in row for row in rows) == len(PLAIN.checks)

    def test_marks_checks_of_form(self):
        form = with_check(PLAIN, -1, need="form")
        page = in_one_line(printed(show_personal, form, calibrated(form, (1.0, 0.5))))
        assert page.count("form only") == 1 + sum(c.need == "form" for c in PLAIN.checks[:-1])

    def test_has_one_table_where_both_sides_are_alike(self):
        assert self.titles(calibrated(SIDED, (60.0, 2.0))) == ["What counts"]

    def test_has_a_table_for_each_side_that_was_measured_by_itself(self):
        assert self.titles(calibrated(SIDED, (60.0, 2.0), (55.0, 2.0))) == ["Left", "Right"]

    def test_tells_each_side_what_it_was_measured_at(self):
        lines = printed(show_personal, SIDED, calibrated(SIDED, (61.0, 2.0), (55.0, 2.0)))
        right = next(n for n, line in enumerate(lines) if line.strip(" │") == "Right")
        before, after = in_one_line(lines[:right]), in_one_line(lines[right:])
        assert ("61 ± 2°" in before, "55 ± 2°" in before) == (True, False)
        assert ("61 ± 2°" in after, "55 ± 2°" in after) == (False, True)

    def test_does_not_tell_a_measure_of_the_left_side_as_one_of_the_right(self):
        made = with_check(calibrated(SIDED, (61.0, 2.0), (55.0, 2.0)), 0, right=None)
        lines = printed(show_personal, SIDED, made)
        right = next(n for n, line in enumerate(lines) if line.strip(" │") == "Right")
        assert "61 ± 2" not in in_one_line(lines[right:])

    def test_tells_what_was_not_seen(self):
        made = with_check(calibrated(PLAIN, (100.0, 3.0)), 0, measured=None)
        assert in_one_line(printed(show_personal, PLAIN, made)).count("not seen") == 2

    def test_notes_clear_differences_and_what_else_is_to_be_noted(self):
        after = calibrated(SIDED, (90.0, 2.0), (20.0, 2.0))
        page = in_one_line(
            printed(show_personal, SIDED, after, notes=["With it, me.mp4 counts 9 s."])
        )
        assert "90° on the left, 20° on the right. Sides often differ, and so do days." in page
        assert (
            page.index("Please note") < page.index("Sides often") < page.index("• With it, me.mp4")
        )

    def test_notes_nothing_where_nothing_is_to_be_noted(self):
        assert "Please note" not in self.page()

    def page(self, **changes):
        return in_one_line(
            printed(show_personal, PLAIN, calibrated(PLAIN, (100.0, 3.0), **changes))
        )

    def titles(self, after):
        known = ("What counts", "Left", "Right")
        lines = [line.strip(" │") for line in printed(show_personal, SIDED, after)]
        return [line for line in lines if line in known]


# The page of a new pose


class TestThePageOfANewPose:
    def test_tells_its_name_and_how_it_was_taken(self):
        page = in_one_line(printed(show_new, calibrated(PLAIN, (100.0, 3.0))))
        assert f"{PLAIN.name}: a new stretch" in page
        assert "2026-01-31, from 2 stills, 12.3 s together" in page

    def test_tells_of_each_check_what_was_measured_and_what_counts(self):
        pose = replace(PLAIN, checks=(own(LARGER),), calibration=TAKEN)
        row = next(line for line in printed(show_new, pose) if "62 ± 2°" in line)
        words = ["trunk angle from upright", "62 ± 2°", "40-80°", "30-90°", "yes"]
        assert sorted(words, key=row.index) == words

    def test_tells_which_checks_are_of_form(self):
        pose = replace(PLAIN, checks=(own(LARGER), own(replace(NEITHER, need="form"))))
        rows = [line.strip(" │") for line in printed(show_new, pose) if " ± " in line]
        assert [row.endswith("yes") for row in rows] == [True, False]
        assert rows[1].endswith("form only")

    def test_tells_what_is_to_be_noted(self):
        page = in_one_line(printed(show_new, PLAIN, notes=["One.", "Two."]))
        assert "Please note • One. • Two." in page


# The page itself

LONG_NOTE = "word " * 60 + "w" * 150


@pytest.mark.parametrize("width", [60, 80, WIDTH])
@pytest.mark.parametrize("pose", LIBRARY.poses.values(), ids=LIBRARY.poses)
def test_nothing_is_wider_than_the_console(pose, width):
    after = calibrated(pose, (100.0, 3.0), (20.0, 3.0))
    pages = printed(show_personal, pose, after, notes=[LONG_NOTE], width=width)
    pages += printed(show_new, after, notes=[LONG_NOTE], width=width)
    assert max(map(len, pages)) <= width


def test_a_page_is_no_wider_than_can_be_read():
    pages = printed(show_personal, PLAIN, calibrated(PLAIN, (100.0, 3.0)), width=200)
    assert max(map(len, (line.rstrip() for line in pages))) == WIDTH


@pytest.mark.parametrize("pose", LIBRARY.poses.values(), ids=LIBRARY.poses)
def test_no_value_of_a_page_is_cut_short(pose):
    after = calibrated(pose, (-100.0, 3.0), (20.0, 3.0))
    assert "…" not in "".join(printed(show_personal, pose, after))
    assert "…" not in "".join(printed(show_new, after))
