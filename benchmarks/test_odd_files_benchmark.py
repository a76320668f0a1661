"""Files of real phones and cameras: ``pytest -m benchmark -s benchmarks/test_odd_files_benchmark.py``.

Each is made from a rendered clip, so that its right seconds are known.
"""

import pytest

from backstretch import analyze
from backstretch.errors import NoticeKind
from tests.places import MEDIA

ODD = MEDIA.parent / "odd"
SIDE_BEND, FOLD = "standing_side_bend", "standing_forward_fold"
FILMS = {
    # file: stretch, side, seconds that are held
    "transp.mp4": (SIDE_BEND, "left", 10.07),
    "multi_depth.mp4": (SIDE_BEND, "left", 10.07),
    "stray1.mkv": (SIDE_BEND, "left", 10.07),
    "ts_cat.ts": (SIDE_BEND, "left", 20.1),
    "turn_ff.ts": (FOLD, None, 13.3),
    "frozen.mp4": (SIDE_BEND, "left", 10.07),
    "folder/clip.qt": (SIDE_BEND, "left", 10.07),
    "folder/vid.3g2": (SIDE_BEND, "left", 10.07),
    "slowmo_android.mp4": (SIDE_BEND, "left", 10.07),
    "hlg.mov": (SIDE_BEND, "left", 10.07),
}
TURNED = "side_cw_ff.mp4"
NOTICES = {
    # file: what is noticed, and which seconds have no pictures or are doubtful
    "decim.mp4": (NoticeKind.NO_PICTURES, 11.4),
    "stray1.mkv": (NoticeKind.UNTIMED_PICTURES, 0.0),
    "slowmo_android.mp4": (NoticeKind.OTHER_SPEED, 0.0),
    "unflagged2_sb.mp4": (NoticeKind.SQUEEZED, 0.0),
    TURNED: (NoticeKind.TURNED, 13.1),
}
"""Where no more than this is noticed, beside `USUAL`."""
USUAL = {NoticeKind.FEW_PICTURES, NoticeKind.NOTHING_TO_NAME}
PHOTOGRAPHS = (
    "exif2.jpg",
    "percent/IMG_%04d.jpg",
    "grid.heic",
    "folder/IMG_0001.HEIC",
    "folder/p.avif",
    "folder/whatsapp.jfif",
)
"""All show a side bend to the left."""
WITHIN_S = 0.2

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not ODD.is_dir(), reason="the odd files are not here"),
]


@pytest.mark.parametrize("name", FILMS)
def test_a_film_counts_the_seconds_that_are_held(name):
    pose, side, held_s = FILMS[name]
    holds = analyze(ODD / name).holds
    counted_s = sum(each.hold.valid_s for each in holds)
    print(f"{name}: {counted_s:.2f} of {held_s:g} s")
    assert {(each.form.pose.id, each.form.side) for each in holds} == {(pose, side)}
    assert counted_s == pytest.approx(held_s, abs=WITHIN_S)


def test_a_knocked_camera_bends_nobody():
    result = analyze(ODD / "left_tilt-20.mp4")
    assert result.holds == ()
    assert NoticeKind.CAMERA_MOVED in {each.kind for each in result.notices}


def test_a_bend_after_a_knock_is_told_with_it():
    result = analyze(ODD / "knocked_sb.mp4")
    counted_s = sum(each.hold.valid_s for each in result.holds)
    print(f"knocked_sb.mp4: {counted_s:.2f} of 10 s")
    assert NoticeKind.CAMERA_MOVED in {each.kind for each in result.notices}


def test_a_chart_on_the_wall_is_left_for_the_person():
    """The person comes in at 4 s and bends from 8.5 to 16.5 s, as its pictures show."""
    result = analyze(ODD / "poster.mp4")
    (held,) = result.holds
    print(f"poster.mp4: {held.hold.valid_s:.2f} of 8 s")
    assert (held.hold.start_s, held.hold.end_s) == pytest.approx((8.5, 16.5), abs=0.3)
    assert NoticeKind.PORTRAIT in {each.kind for each in result.notices}


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_shows_what_the_person_did(name):
    likenesses = analyze(ODD / name).looks_like or ()
    assert [(each.pose, each.side) for each in likenesses[:1]] == [(SIDE_BEND, "left")]


@pytest.mark.parametrize("name", NOTICES)
def test_what_is_odd_is_noticed_and_nothing_else(name):
    kind, unseen_s = NOTICES[name]
    result = analyze(ODD / name)
    assert {notice.kind for notice in result.notices} - USUAL == {kind}
    assert sum(span.seconds for span in result.unseen) == pytest.approx(unseen_s, abs=WITHIN_S)


def test_a_picture_that_is_turned_as_is_said_shows_what_the_person_did():
    (held,) = analyze(ODD / TURNED, turn_deg=270).holds
    assert held.form.pose.id == FOLD
    assert held.hold.valid_s == pytest.approx(13.3, abs=WITHIN_S)


def test_a_part_behind_the_stated_length_of_joined_streams_is_analysed():
    (held,) = analyze(ODD / "ts_cat.ts", start_s=16.0).holds
    assert held.hold.valid_s == pytest.approx(10.07, abs=WITHIN_S)
