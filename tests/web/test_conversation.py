"""A page's connection in a session: which pictures and requests end it, and that one page is led at a time."""

import gc
import json
import logging
import socket
import time
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from backstretch.coaching.scene import Command
from backstretch.errors import InputError
from backstretch.vision.pushed_feed import MOST_BYTES, MOST_PX
from backstretch.web import visit as visit_module
from backstretch.web.conversation import MOST_A_SECOND
from backstretch.web.desk import Desk
from backstretch.web.lines import MOST_BYTES as LONGEST
from backstretch.web.lines import ODD
from backstretch.web.order import Asked
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit
from tests.web.guests import IN_TIME_S, claiming, jpeg, let_in, sent

PICTURE = jpeg()
TOO_LONG = 1009
"""The code with which a message is refused that is longer than any of ours (RFC 6455)."""


class House:
    """A site whose desk is never run, so that an order that it took goes on for ever."""

    def __init__(self, guest):
        self.guest, self.desk, self.visit = guest, Desk(), Visit()
        self.app = Site(self.desk, self.visit).app

    def talk(self):
        return self.guest.talk()


class Street:
    """An application whose houses are pulled down and built anew, behind one server."""

    house: House

    async def __call__(self, scope, receive, send):
        await self.house.app(scope, receive, send)


@pytest.fixture(scope="module")
def street():
    return Street()


@pytest.fixture(scope="module")
def guest(street):
    with Server(street, 0) as server:
        yield let_in(server)


@pytest.fixture
def house(street, guest):
    street.house = House(guest)
    return street.house


@pytest.fixture
def busy(house):
    """The same while somebody is being led, whose page is not there."""
    assert house.desk.take(lambda: None)
    return house


def ask(page, **request):
    page.send(json.dumps(request))


def hear(page):
    return json.loads(page.recv(timeout=IN_TIME_S))


@contextmanager
def entered(house):
    """A page that is led."""
    with house.talk() as page:
        ask(page, take_over=True)
        wait_until(lambda: house.visit.has_page)
        yield page


def wait_until(condition):
    end_s = time.perf_counter() + IN_TIME_S
    while not condition():
        assert time.perf_counter() < end_s, "it did not happen"
        time.sleep(0.005)


def end_of(page):
    """What a page is told before its connection is closed, and the code with which it is."""
    heard = []
    try:
        while True:
            heard.append(hear(page))
    except ConnectionClosed:
        return heard, page.close_code


def read(visit):
    """The number of the picture that is read, None without any."""
    picture = visit.feed.read()
    return None if picture is None else visit.feed.number_at(picture[0])


class TestPicture:
    def test_of_a_page_that_is_led_is_taken(self, busy):
        with entered(busy) as page:
            page.send(sent(7, 1000.0, PICTURE))
            assert read(busy.visit) == 7

    @pytest.mark.parametrize(
        ("message", "words"),
        [
            (sent(1, 0.0, PICTURE + bytes(MOST_BYTES)), "too large"),
            (sent(1, 0.0, claiming((MOST_PX + 1, 48))), "too large"),
            (sent(1, 0.0, claiming((64, MOST_PX + 1))), "too large"),
            (sent(1, 0.0, claiming((65535, 65535))), "too large"),
            (sent(1, 0.0, b"\x89PNG\r\n\x1a\n"), "no JPEG"),
            (sent(1, 0.0, b"<svg/>"), "no JPEG"),
            (sent(1, float("nan"), PICTURE), "no time"),
            (b"short", "cut off"),
            (b"", "cut off"),
        ],
        ids=["bytes", "wide", "high", "bomb", "png", "svg", "timeless", "short", "empty"],
    )
    def test_that_no_page_of_ours_sends_ends_the_connection_and_says_why(
        self, busy, message, words
    ):
        with entered(busy) as page:
            page.send(message)
            heard, code = end_of(page)
        assert code == ODD
        assert [words in told["refused"] for told in heard] == [True]
        wait_until(lambda: not busy.visit.has_page)

    def test_of_more_bytes_than_any_message_ends_the_connection(self, busy):
        with entered(busy) as page:
            page.send(sent(1, 0.0, PICTURE + bytes(LONGEST)))
            assert end_of(page) == ([], TOO_LONG)

    def test_of_more_than_sixty_a_second_end_the_connection(self, busy):
        assert MOST_A_SECOND == 60
        with entered(busy) as page:
            began_s = time.perf_counter()
            try:
                for number in range(10 * MOST_A_SECOND):
                    page.send(sent(number, (time.perf_counter() - began_s) * 1000.0, PICTURE))
            except ConnectionClosed:
                pass
            heard, code = end_of(page)
        assert code == ODD
        assert ["too many" in told["refused"] for told in heard] == [True]

    def test_of_thirty_a_second_are_taken(self, busy):
        with entered(busy) as page:
            began_s = time.perf_counter()
            for number in range(1, 16):
                page.send(sent(number, (time.perf_counter() - began_s) * 1000.0, PICTURE))
                time.sleep(1 / 30)
            wait_until(lambda: read(busy.visit) == 15)

    def test_of_a_page_that_is_not_led_goes_nowhere(self, house):
        with house.talk() as page:
            page.send(sent(1, 0.0, PICTURE))
            ask(page, go_on=True)
            assert "refused" in hear(page)
        assert house.visit.feed.read() is None


class TestRequest:
    @pytest.mark.parametrize(
        "text",
        [
            " ",
            "{",
            "[]",
            "{}",
            '"begin"',
            '{"command": "pause", "mute": true}',
            '{"command": "explode"}',
            '{"command": []}',
            '{"command": {}}',
            '{"command": null}',
            '{"other": 1}',
            '{"": 1}',
        ],
    )
    def test_that_is_not_known_ends_the_connection_and_says_why(self, busy, text):
        with entered(busy) as page:
            page.send(text)
            heard, code = end_of(page)
        assert code == ODD
        assert ["refused" in told for told in heard] == [True]

    @pytest.mark.parametrize("asked", [{"command": "pain"}, {"mute": True}, {"shown": 1}])
    def test_of_a_page_that_is_not_led_ends_the_connection(self, busy, asked):
        with busy.talk() as page:
            ask(page, **asked)
            heard, code = end_of(page)
        assert code == ODD
        assert ["no session" in told["refused"] for told in heard] == [True]

    @pytest.mark.parametrize(
        "wish",
        [
            None,
            [],
            "standing_side_bend",
            {},
            {"name": "none"},
            {"name": "../../x"},
            {"name": "standing_side_bend", "side": "up"},
            {"name": "standing_side_bend", "side": []},
            {"name": "standing_side_bend", "hold_s": "long"},
            {"name": "standing_side_bend", "hold_s": "nan"},
            {"name": "standing_side_bend", "repetitions": "inf"},
            {"name": "standing_side_bend", "repetitions": {}},
            {"name": "standing_side_bend", "sore": 11},
            {"name": "standing_side_bend", "sore": -1},
            {"name": "standing_side_bend", "sore": "very"},
            {"name": "standing_side_bend", "who": "\x00"},
        ],
    )
    def test_for_a_session_that_cannot_be_is_refused_and_the_page_may_ask_again(self, house, wish):
        with house.talk() as page:
            for _ in range(2):
                ask(page, begin=wish)
                assert "refused" in hear(page)
        assert not house.desk.is_busy

    def test_for_a_session_that_can_be_is_taken(self, house):
        with house.talk() as page:
            ask(page, begin={"name": "standing_side_bend", "side": "left", "hold_s": 20})
            wait_until(lambda: house.visit.has_page)
            assert house.desk.is_busy

    @pytest.mark.parametrize("value", ["nan", "NaN", "-nan"])
    def test_for_a_hold_of_no_length_cannot_be_read(self, value):
        with pytest.raises(InputError):
            Asked.of({"name": "standing_side_bend", "hold_s": value})

    @pytest.mark.parametrize(
        ("said", "soreness"),
        [({}, ()), ({"sore": None}, (None,)), ({"sore": 0}, (0,)), ({"sore": 10}, (10,))],
    )
    def test_says_how_sore_somebody_is_or_that_the_question_was_skipped(self, said, soreness):
        assert Asked.of({"name": "standing_side_bend", **said}).soreness == soreness


class TestTwoPages:
    def test_the_second_is_told_and_may_take_over_and_the_first_is_told_that(self, busy):
        with entered(busy) as first, busy.talk() as second:
            ask(second, go_on=True)
            assert hear(second)["busy"] is True
            ask(second, take_over=True)
            assert hear(first)["taken"] is True
            second.send(sent(5, 0.0, PICTURE))
            assert read(busy.visit) == 5

    def test_the_first_sends_no_more_pictures_once_the_second_has_taken_over(self, busy):
        with entered(busy) as first, busy.talk() as second:
            ask(second, take_over=True)
            assert hear(first)["taken"] is True
            first.send(sent(11, 0.0, PICTURE))
            first.ping().wait(IN_TIME_S)
            assert read(busy.visit) is None
            second.send(sent(22, 90_000.0, PICTURE))
            assert read(busy.visit) == 22

    def test_the_first_commands_no_more_once_the_second_has_taken_over(self, busy, monkeypatch):
        commands: list[Command] = []
        monkeypatch.setattr(busy.visit, "command", commands.append)
        with entered(busy) as first, busy.talk() as second:
            ask(first, command="pause")
            wait_until(lambda: commands == [Command.PAUSE])
            ask(second, take_over=True)
            assert hear(first)["taken"] is True
            ask(first, command="quit")
            first.ping().wait(IN_TIME_S)
            ask(second, command="next")
            wait_until(lambda: Command.NEXT in commands)
        assert commands == [Command.PAUSE, Command.NEXT]

    def test_the_first_that_goes_after_that_takes_nothing_with_it(self, busy):
        with busy.talk() as second:
            with entered(busy) as first:
                ask(second, take_over=True)
                assert hear(first)["taken"] is True
            time.sleep(0.05)
            assert busy.visit.has_page
            second.send(sent(5, 0.0, PICTURE))
            assert read(busy.visit) == 5

    def test_that_both_begin_are_led_one_and_told_the_other(self, house):
        with house.talk() as first, house.talk() as second:
            ask(first, begin={"name": "standing_side_bend"})
            wait_until(lambda: house.visit.has_page)
            ask(second, begin={"name": "standing_side_bend"})
            assert hear(second)["busy"] is True

    def test_one_that_begins_again_is_not_told_that_another_has_taken_over(self, busy):
        with entered(busy) as page:
            ask(page, take_over=True)
            page.send(sent(1, 0.0, PICTURE))
            assert read(busy.visit) == 1
            busy.visit.tell({"remark": "last"})
            assert "remark" in hear(page)


class TestPageThatComesBack:
    def test_goes_on_with_the_session(self, busy):
        with entered(busy):
            pass
        wait_until(lambda: not busy.visit.has_page)
        with busy.talk() as page:
            ask(page, go_on=True)
            wait_until(lambda: busy.visit.has_page)
            page.send(sent(1, 12.0, PICTURE))
            assert read(busy.visit) == 1

    def test_is_told_when_the_session_has_ended(self, house):
        with house.talk() as page:
            ask(page, go_on=True)
            assert "has ended" in hear(page)["refused"]


def test_a_page_that_is_gone_while_it_is_told_something_leaves_nothing_in_the_log(busy, caplog):
    caplog.set_level(logging.WARNING)
    with entered(busy) as page:
        page.socket.shutdown(socket.SHUT_RDWR)
        for _ in range(20):
            busy.visit.tell({"remark": "x" * 100_000})
            time.sleep(0.005)
        wait_until(lambda: not busy.visit.has_page)
    gc.collect()
    assert not caplog.records


class Going:
    """A session that is over after a few looks."""

    state = None

    def __init__(self):
        self.looked = 0

    @property
    def over(self):
        self.looked += 1
        return self.looked > 3


def run_of(visit):
    """How often it was looked whether a session of a visit is over."""
    live: Any = Going()
    voice: Any = None
    visit.attach(voice, lambda: None)
    visit.run(live)
    return live.looked


def test_a_session_ends_when_its_page_stays_away(monkeypatch):
    monkeypatch.setattr(visit_module, "ALONE_S", -1.0)
    visit = Visit()
    assert run_of(visit) == 1
    visit.enter(lambda _: None)
    assert run_of(visit) == 4
