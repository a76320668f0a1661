"""The overview of a history, as a document and as a page."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from backstretch.display.html.progress_page import progress_html
from backstretch.history.practice import PractisedHold, PractisedSession
from backstretch.history.progress import Query, as_document, overview
from backstretch.kinematics.view import View
from backstretch.poses.pose_file import load_pose
from tests.places import POSE_FILES

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
CHILD = load_pose(POSE_FILES / "childs_pose.toml")
LEAN = "trunk_lean_lat"
TODAY = date(2026, 11, 29)
FRONT, SIDE = View(0.0, 0.0), View(90.0, 0.0)
ODD = '<script>alert(1)</script> & "Ann" 🧘'


def began(number):
    return datetime(2026, 11, 1, 9, 30, tzinfo=UTC) + timedelta(days=3 * number)


def sitting(number, **said):
    told = {"pain": False, "soreness": None} | said
    return PractisedSession(number, "", began(number), "live", "Bend", 20.0, 1.0, 0.5, **told)


def held(number, value, side="left", view=FRONT, pose=BEND):
    measures = {LEAN: (float(value), "deg")}
    return PractisedHold(number, began(number), pose.id, side, 20.0, True, view, measures)  # noqa: FBT003


def found(*values, asked=None, holds=(), **said):
    """An overview of sessions that reached these values."""
    sittings = [sitting(number) for number in range(len(values))]
    if sittings:
        sittings[-1] = sitting(len(values) - 1, **said)
    ours = [held(number, value) for number, value in enumerate(values)]
    return overview(asked or Query(), TODAY, (sittings, [*ours, *holds]), [BEND, CHILD])


def page(overview):
    text = progress_html(overview)
    assert "$" not in text
    return text


class TestDocument:
    def test_it_tells_weeks_doses_and_changes(self):
        document = as_document(found(15, 15, 33, 33))
        (stretch,) = document["stretches"]
        (measure,) = stretch["measures"]
        assert (document["schema"], document["today"]) == (1, "2026-11-29")
        assert len(document["weeks"]) == len(stretch["weeks_valid_s"]) == 12
        assert sum(each["valid_s"] for each in document["weeks"]) == 80.0
        assert (measure["first"], measure["last"]) == (15.0, 33.0)
        assert measure["verdict"] == "more range"
        assert measure["minimal_detectable_change"] >= 7.0
        assert measure["sessions"][0] == {
            "began": "2026-11-01T09:30:00+00:00", "value": 15.0, "holds": 1, "view": "from the front",
        }  # fmt: skip

    def test_what_is_not_known_is_null_and_never_nan(self):
        text = json.dumps(as_document(found(15)), allow_nan=False)
        (measure,) = json.loads(text)["stretches"][0]["measures"]
        assert measure["verdict"] is None
        assert measure["first"] is None
        assert measure["minimal_detectable_change"] is None

    def test_sessions_from_elsewhere_are_told_apart(self):
        elsewhere = [held(number, 50, view=SIDE) for number in (5, 6)]
        (measure,) = as_document(found(15, 15, 15, 15, holds=elsewhere))["stretches"][0]["measures"]
        assert [each["value"] for each in measure["elsewhere"]] == [50, 50]
        assert measure["verdict"] == "no clear change"

    def test_an_empty_history_is_a_document_too(self):
        document = as_document(found())
        assert document["stretches"] == []
        assert {each["valid_s"] for each in document["weeks"]} == {0.0}


class TestPage:
    def test_it_asks_nothing_of_anybody(self):
        text = page(found(15, 15, 33, 33))
        assert "<script" not in text
        assert not re.search(
            r"(src|href)=", text.replace('xlink:href="#', "").replace(' href="#', "")
        )
        assert "default-src 'none'" in text

    def test_the_same_history_gives_the_same_page(self):
        assert page(found(15, 15, 33, 33)) == page(found(15, 15, 33, 33))

    def test_it_says_what_has_changed_and_what_may_be_error(self):
        assert "Clearly more range (15° to 33°)" in page(found(15, 15, 33, 33))
        assert "No clear change (15° to 20°" in page(found(15, 15, 20, 20))

    def test_names_are_shown_as_they_are(self):
        poses = [replace(BEND, name=ODD)]
        sittings, holds = [sitting(0)], [held(0, 15)]
        told = overview(Query(whose=ODD), TODAY, (sittings, holds), poses)
        text = page(told)
        assert "<script" not in text
        assert text.count("&lt;script&gt;") >= 2
        assert "🧘" in text

    def test_each_chart_has_its_numbers_as_a_table(self):
        text = page(found(15, 16, 33, 34))
        charts = text.count('class="trend"') + text.count('class="weeks"')
        assert text.count("<details>") == charts == 2
        for value in ("15°", "16°", "33°", "34°"):
            assert f'<td class="n">{value}</td>' in text

    def test_sides_stand_beside_each_other_on_one_scale(self):
        right = [held(number, 12, "right") for number in range(4)]
        text = page(found(40, 40, 40, 40, holds=right))
        (row,) = re.findall(r'<div class="charts">(.*?)</section>', text, re.DOTALL)
        ticks = [re.findall(r">(\d+°)</text>", chart) for chart in row.split("<h3>")[1:]]
        assert len(ticks) == 2
        assert ticks[0] == ticks[1] != []

    def test_pain_is_followed_by_a_day_off_where_it_can_be_seen(self):
        text = page(found(*[15] * 9, pain=True, asked=Query(weeks=2)))
        assert "Take a day off" not in text  # a week ago
        last = sitting(9, pain=True)
        told = overview(Query(), began(9).date(), ([last], []), [BEND])
        assert '<section class="rest"><p>You stopped with pain earlier today.' in page(told)

    def test_one_stretch_alone_has_no_weeks_of_all(self):
        text = page(found(15, 15, asked=Query(about=BEND)))
        assert "Standing side bend: your progress" in text
        assert 'class="weeks"' not in text

    def test_what_was_never_held_is_said(self):
        assert "Nothing was held yet." in page(found(asked=Query(about=CHILD)))

    @pytest.mark.parametrize("weeks", [1, 4, 52])
    def test_it_shows_as_many_weeks_as_asked(self, weeks):
        text = page(found(15, 15, asked=Query(weeks=weeks)))
        section = text[text.index('class="weeks"') :]
        table = section[: section.index("</table>")]
        assert table.count('<th scope="row">') == weeks
