"""Pictures that a page sends: their times, which of them are taken, and a page that leaves and comes back."""

import io
import time
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backstretch.errors import InputError
from backstretch.vision import pushed_feed
from backstretch.vision.capture import Capture
from backstretch.vision.pictures import decoded_jpeg, jpeg_wh
from backstretch.vision.pushed_feed import AHEAD_S, MOST_BYTES, MOST_PX, REMEMBERED, PushedFeed
from tests.web.guests import claiming, jpeg

PICTURE = jpeg()
IN_TIME_S = 20.0


class Clock:
    """A clock that stands until it is set."""

    def __init__(self):
        self.now_s = 5000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(pushed_feed, "perf_counter", made)
    return made


@pytest.fixture
def feed():
    made = PushedFeed()
    made.connect()
    return made


def noise():
    """A picture of many bytes."""
    dice, file = np.random.default_rng(1), io.BytesIO()
    Image.fromarray(dice.integers(0, 255, (120, 160, 3), dtype=np.uint8)).save(file, "JPEG")
    return file.getvalue()


def push(feed, *times_ms):
    """Pictures of these times, each its own number; whether all are taken."""
    taken = [feed.push(int(each) % 2**32, each, PICTURE) for each in times_ms]
    return all(taken)


def time_read(feed):
    """The time of the picture that is read, which must be there."""
    picture = feed.read()
    assert picture is not None
    return picture[0]


def pushed_at(feed, time_ms):
    push(feed, time_ms)
    return time_read(feed)


class TestTime:
    @pytest.mark.parametrize("first_ms", [0.0, 1.0, 1e9, 1.8e12, -5000.0])
    def test_is_that_between_the_senders_own_times_whatever_its_clock_says(
        self, feed, clock, first_ms
    ):
        times_s = []
        for late_s, at_ms in ((0.0, 0.0), (0.5, 33.0), (0.5, 66.0), (0.1, 100.0)):
            clock.now_s = 5000.0 + at_ms / 1000.0 + late_s
            times_s.append(pushed_at(feed, first_ms + at_ms))
        assert times_s == pytest.approx([0.0, 0.033, 0.066, 0.1], abs=1e-3)

    @pytest.mark.parametrize("step_ms", [0.0, -0.1, -33.0, -1e9])
    def test_that_is_not_later_is_left_out(self, feed, step_ms):
        assert push(feed, 1000.0)
        assert not push(feed, 1000.0 + step_ms)

    def test_that_is_more_than_a_second_ahead_is_left_out_and_then_counts_for_nothing(
        self, feed, clock
    ):
        assert AHEAD_S == 1.0
        push(feed, 0.0)
        push(feed, 999.0)
        clock.now_s += 0.5
        assert not push(feed, 1501.0)
        assert time_read(feed) == pytest.approx(0.999)
        assert pushed_at(feed, 1499.0) == pytest.approx(1.499)

    def test_of_pictures_after_one_that_came_late_is_theirs_again_after_a_second(self, feed, clock):
        push(feed, 0.0)  # came three seconds after it was taken; the others come at once
        taken = []
        for step in range(1, 50):
            clock.now_s += 0.1
            if feed.push(step, 3000.0 + 100.0 * step, PICTURE):
                taken.append((step, time_read(feed)))
        assert 10 <= taken[0][0] <= 13
        assert [time_s for _, time_s in taken] == pytest.approx([0.1 * step for step, _ in taken])
        assert taken[-1][0] == 49

    @given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.floats(0.0, 3.0))
    def test_that_a_sender_makes_up_gives_no_more_seconds_than_have_passed(self, steps_ms, step_s):
        feed, clock = PushedFeed(), Clock()
        feed.connect()
        taken_s = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pushed_feed, "perf_counter", clock)
            for number, time_ms in enumerate(np.cumsum(steps_ms).tolist()):
                if feed.push(number, time_ms, PICTURE):
                    taken_s.append(time_read(feed))
                else:
                    feed.connect()
                clock.now_s += step_s
        assert (np.diff(taken_s) > 0.0).all()
        assert taken_s[-1] <= clock.now_s - 5000.0 + AHEAD_S

    def test_of_a_page_that_is_loaded_again_goes_on_and_what_lies_between_is_unseen(
        self, feed, clock
    ):
        before_s = pushed_at(feed, 80_000.0)
        feed.disconnect()
        clock.now_s += 7.0
        feed.connect()
        after_s = pushed_at(feed, 12.0)  # its clock has begun anew
        assert (before_s, after_s) == pytest.approx((0.0, 7.0))
        clock.now_s += 0.04
        assert pushed_at(feed, 52.0) == pytest.approx(7.04)

    def test_of_a_page_that_comes_back_at_once_goes_on_although_the_first_was_ahead(
        self, feed, clock
    ):
        push(feed, 0.0)
        before_s = pushed_at(feed, 900.0)
        clock.now_s += 0.1
        feed.connect()
        assert before_s < pushed_at(feed, 0.0) <= 0.1 + AHEAD_S


class TestPictures:
    def test_that_were_not_read_give_way_to_the_newest(self, feed):
        feed.push(1, 0.0, jpeg(grey=10))
        feed.push(2, 33.0, jpeg(grey=200))
        time_s, image = feed.read()
        assert feed.number_at(time_s) == 2
        assert image.shape == (48, 64, 3)
        assert image.mean() == pytest.approx(200, abs=2)

    def test_are_read_once(self, feed, monkeypatch):
        monkeypatch.setattr(pushed_feed, "WAIT_S", 0.01)
        push(feed, 0.0)
        assert feed.read() is not None
        assert feed.read() is None

    def test_of_an_earlier_page_are_not_those_of_the_next(self, feed, monkeypatch):
        monkeypatch.setattr(pushed_feed, "WAIT_S", 0.01)
        push(feed, 0.0)
        feed.disconnect()
        feed.connect()
        assert feed.read() is None

    def test_are_known_by_the_senders_numbers_until_they_are_forgotten(self, feed, clock):
        times_s = []
        for number in range(REMEMBERED + 1):
            clock.now_s = 5000.0 + number / 30.0
            feed.push(7 * number, number * 1000.0 / 30.0, PICTURE)
            times_s.append(time_read(feed))
        assert feed.number_at(times_s[0]) is None
        assert [feed.number_at(each) for each in times_s[1:]] == [
            7 * number for number in range(1, REMEMBERED + 1)
        ]
        assert feed.number_at(times_s[-1] + 0.001) is None

    def test_of_an_earlier_page_are_not_known_by_its_numbers(self, feed):
        """A page that comes back counts from 1, and would take the other's 500 for an answer to its own."""
        feed.push(500, 0.0, PICTURE)
        before_s = time_read(feed)
        feed.connect()
        assert feed.number_at(before_s) is None

    def test_have_all_colours_in_their_places(self, feed):
        feed.push(1, 0.0, jpeg((200, 100)))
        assert jpeg_wh(jpeg((200, 100))) == (200, 100)
        assert feed.read()[1].shape == (100, 200, 3)

    def test_that_are_cut_off_are_none_and_the_next_one_counts(self, feed):
        whole = noise()
        feed.push(1, 0.0, whole[: len(whole) // 2])
        assert feed.read() is None
        assert pushed_at(feed, 33.0) == pytest.approx(0.033)

    @pytest.mark.parametrize(
        "wh", [(MOST_PX + 1, 48), (64, MOST_PX + 1), (12000, 9000), (65535, 65535)]
    )
    def test_that_say_they_are_too_large_are_refused_and_never_decoded(self, feed, monkeypatch, wh):
        monkeypatch.setattr(pushed_feed, "decoded_jpeg", lambda _: pytest.fail("was decoded"))
        monkeypatch.setattr(pushed_feed, "WAIT_S", 0.01)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(InputError, match="too large"):
                feed.push(1, 0.0, claiming(wh))
        assert feed.read() is None

    def test_of_the_largest_size_are_taken(self, feed):
        feed.push(1, 0.0, jpeg((MOST_PX, 8)))
        assert feed.read()[1].shape == (8, MOST_PX, 3)

    def test_of_too_many_bytes_are_refused(self, feed):
        with pytest.raises(InputError, match="too large"):
            feed.push(1, 0.0, PICTURE + bytes(MOST_BYTES))

    @pytest.mark.parametrize(
        "data", [b"", b"\xff", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"<svg/>", PICTURE[:20]]
    )
    def test_of_another_kind_are_refused(self, feed, data):
        with pytest.raises(InputError, match="no JPEG"):
            feed.push(1, 0.0, data)

    @given(st.binary(max_size=200), st.integers(0, len(PICTURE)))
    def test_that_are_garbage_are_refused_or_damaged_and_break_nothing(self, garbage, at):
        data = PICTURE[:at] + garbage + PICTURE[at + len(garbage) :]
        try:
            wh = jpeg_wh(data)
        except InputError:
            return
        if max(wh) <= MOST_PX:
            image = decoded_jpeg(data)
            assert image is None or image.shape == (*wh[::-1], 3)


def test_a_feed_waits_for_its_first_page_and_is_closed_while_a_later_one_is_awaited(feed):
    PushedFeed().reopen()
    push(feed, 0.0)
    feed.disconnect()
    with pytest.raises(InputError, match="no page is connected"):
        feed.reopen()
    feed.connect()
    feed.reopen()


def push_until(feed, condition, since_s):
    """Go on sending pictures by the sender's clock until something holds."""
    end_s = time.perf_counter() + IN_TIME_S
    while not condition():
        assert time.perf_counter() < end_s, "it did not happen"
        push(feed, (time.perf_counter() - since_s) * 1000.0)
        time.sleep(0.02)


def taken(capture):
    """The next picture, which must come."""
    frame = capture.newest(IN_TIME_S)
    assert frame is not None
    return frame


def test_a_page_that_leaves_makes_the_camera_lost_and_one_that_comes_back_ends_that(feed):
    began_s = time.perf_counter()
    push(feed, 0.0)
    with Capture(feed, "page") as capture:
        push_until(feed, lambda: capture.captured > 3, began_s)
        before = taken(capture)
        feed.disconnect()
        left_s = time.perf_counter()
        while not capture.lost:
            assert time.perf_counter() - left_s < IN_TIME_S
            time.sleep(0.02)
        feed.connect()
        capture.newest(0.0)
        push_until(feed, lambda: not capture.lost, time.perf_counter())
        after = taken(capture)
        assert after.time_s - before.time_s > 0.4
        assert abs(after.time_s - capture.now_s()) < 0.3
