"""The phone as the camera: how one is let in and sent away, and what becomes of its pictures."""

import json
import secrets
import time

import pytest
from websockets.exceptions import InvalidStatus

from backstretch.coaching.scene import Earcon, Say, Sound
from backstretch.errors import InputError
from backstretch.vision.pushed_feed import MOST_BYTES, MOST_PX
from backstretch.web import gate, phone
from backstretch.web.conversation import MOST_A_SECOND
from backstretch.web.desk import Desk
from backstretch.web.order import check_eye
from backstretch.web.phone import AGAIN, ENDED, OTHER, SILENT, Standing
from backstretch.web.phone_setup import AT, PhoneSetup
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Eye
from tests.web.guests import IN_TIME_S, claiming, jpeg, let_in, sent
from tests.web.phones import Caller, end_of, hear, house, wait_until

PICTURE = jpeg()
SESSION = "standing_side_bend"


def read(visit):
    """The number of the picture that a session reads, None without any."""
    picture = visit.feed.read()
    return None if picture is None else visit.feed.number_at(picture[0])


class TestPairing:
    def test_shows_the_same_number_on_both_and_lets_in_by_it(self, home):
        assert home.state()["standing"] == "none"
        caller = home.scan()
        assert home.state()["standing"] == "none"  # its page is not open yet
        with caller.talk() as line:
            told = hear(line)["phone"]
            state = home.state()
            assert (state["standing"], state["number"]) == ("waits", told["number"])
            assert len(told["number"]) == 4
            assert told["number"].isdecimal()
            assert not told["is_in"]
            assert "address" not in state
            assert home.press(f"let-in/{told['number']}") == 204
            assert hear(line)["phone"] == {"number": told["number"], "is_in": True}
            assert home.state()["standing"] == "in"
            wait_until(lambda: home.visit.has_phone)

    def test_lets_nobody_in_by_another_number(self, home):
        with home.scan().talk() as line:
            number = hear(line)["phone"]["number"]
            other = f"{(int(number) + 1) % 10000:04}"
            assert [home.press(f"let-in/{each}") for each in (other, "0", "x")] == [409] * 3
            assert home.phone.standing is Standing.WAITS

    def test_lets_nobody_in_whose_page_is_not_open(self, home):
        home.scan()
        assert home.press(f"let-in/{home.phone.number}") == 409

    def test_can_be_asked_for_by_the_computers_page_only(self, home):
        with home.scan().talk() as line:
            number = hear(line)["phone"]["number"]
            foreign = home.guest.ask(f"{AT}/let-in/{number}", "POST", Origin="https://evil.example")
            assert foreign.status == 403
            assert home.guest.ask(f"{AT}/let-in/{number}").status == 405
            assert home.phone.standing is Standing.WAITS

    def test_of_a_second_phone_sends_the_first_away_that_was_not_let_in(self, home):
        first = home.scan()
        with first.talk() as line:
            hear(line)
            second = home.come(home.phone_address())
            assert hear(line)["closed"] == OTHER
            assert first.ask("/phone").status == 401
            with second.talk() as other:
                assert hear(other)["phone"]["number"] == home.state()["number"]
            line.send(sent(1, 0.0, PICTURE))
            assert end_of(line)[-1]["refused"] == OTHER

    def test_is_of_one_phone_at_a_time(self, home):
        address = home.phone_address()
        with home.phone_let_in() as (caller, line):
            path = address.partition(str(home.server.port))[2]
            answer = home.stranger.ask(path)
            assert answer.status == 401
            assert b"If another phone is the camera, end that first" in answer.body
            assert "address" not in home.state()
            assert home.phone.standing is Standing.IN
            assert caller.ask("/phone").status == 200
            assert line.close_code is None

    def test_goes_on_for_a_phone_that_loads_its_page_again(self, home):
        with home.phone_let_in() as (caller, line):
            with caller.talk() as again:
                assert hear(again)["phone"]["is_in"]
                assert hear(line)["closed"] == AGAIN
                assert home.visit.has_phone
            wait_until(lambda: not home.visit.has_phone)
            assert home.state() | {"number": ""} == {
                "standing": "in",
                "is_connected": False,
                "number": "",
            }

    def test_is_ended_by_a_button(self, home):
        with home.phone_let_in() as (caller, line):
            assert home.press("end") == 204
            assert hear(line) == {"v": 1, "closed": ENDED}
            assert not home.visit.has_phone
            assert caller.ask("/phone").status == 401
            with pytest.raises(InvalidStatus):
                caller.talk()
            assert home.state()["standing"] == "none"

    def test_ends_after_a_silence_and_not_before(self, home, monkeypatch):
        monkeypatch.setattr(phone, "SILENT_S", 0.6)
        with home.phone_let_in() as (caller, line):
            began_s = time.monotonic()
            while time.monotonic() - began_s < 0.9:
                line.send(sent(1, 0.0, PICTURE))
                time.sleep(0.1)
            assert home.phone.standing is Standing.IN
            assert hear(line) == {"v": 1, "closed": SILENT}
            assert time.monotonic() - began_s > 1.3
            assert caller.ask("/phone").status == 401

    def test_that_nobody_answers_ends_as_well(self, home, monkeypatch):
        monkeypatch.setattr(phone, "SILENT_S", 0.3)
        with home.scan().talk() as line:
            hear(line)
            assert hear(line) == {"v": 1, "closed": SILENT}

    def test_ends_with_the_program(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        with house(tmp_path) as first:
            caller = first.scan()
        with house(tmp_path) as second:
            assert Caller(second.server.port, caller.cookie).ask("/phone").status == 401
            assert second.state()["standing"] == "none"


class TestCode:
    def test_is_a_picture_of_the_address(self, home):
        answer = home.guest.ask(f"{AT}/code.svg?n={home.state()['code']}")
        assert answer.headers.get_content_type() == "image/svg+xml"
        assert b"<svg" in answer.body
        assert b"<script" not in answer.body

    def test_stays_until_it_is_used_and_is_new_then(self, home):
        first = home.state()
        assert home.state() == first
        home.scan()
        second = home.state()
        assert second["address"] != first["address"]
        assert second["code"] == first["code"] + 1

    def test_is_replaced_before_it_is_late(self, home, monkeypatch):
        first = home.state()["address"]
        later_s = time.monotonic() + gate.TOKEN_S / 2.0 + 1.0
        monkeypatch.setattr("backstretch.web.phone_setup.monotonic", lambda: later_s)
        assert home.state()["address"] != first
        home.come(first)  # who scanned it before has time left

    def test_is_none_where_the_program_was_started_without(self, home):
        with Server(Site(Desk(), home.visit, PhoneSetup().routes).app, 0) as alone:
            guest = let_in(alone)
            assert b"backstretch app --phone" in guest.ask(AT).body
            for path in ("state", "code.svg"):
                assert guest.ask(f"{AT}/{path}").status == 404
            assert guest.post(f"{AT}/let-in/1234", "").status == 404


class TestPicture:
    @pytest.fixture(autouse=True)
    def session(self, home):
        """Somebody is led, with the phone for a camera."""
        home.visit.begin(SESSION, Eye.PHONE)

    def test_of_a_phone_that_is_let_in_is_taken(self, home):
        with home.phone_let_in() as (_, line):
            line.send(sent(7, 1000.0, PICTURE))
            assert read(home.visit) == 7

    def test_of_one_that_is_not_let_in_is_not_taken_nor_looked_at(self, home):
        with home.scan().talk() as line:
            hear(line)
            line.send(sent(7, 1000.0, PICTURE))
            line.send(sent(8, 1000.0, b"no picture at all"))
            assert read(home.visit) is None
            assert line.ping().wait(IN_TIME_S)  # the connection goes on, and says nothing of it
            assert home.phone.standing is Standing.WAITS

    def test_is_not_taken_in_a_session_with_another_camera(self, home):
        home.visit.begin(SESSION, Eye.PAGE)
        with home.phone_let_in() as (_, line):
            line.send(sent(7, 1000.0, PICTURE))
            assert read(home.visit) is None

    @pytest.mark.parametrize(
        ("message", "words"),
        [
            (sent(1, 0.0, PICTURE + bytes(MOST_BYTES)), "too large"),
            (sent(1, 0.0, claiming((MOST_PX + 1, 48))), "too large"),
            (sent(1, 0.0, claiming((65535, 65535))), "too large"),
            (sent(1, 0.0, b"\x89PNG\r\n\x1a\n"), "no JPEG"),
            (sent(1, float("nan"), PICTURE), "no time"),
            (b"short", "cut off"),
            ('{"begin": {"name": "standing_side_bend"}}', "nothing else"),
            ('{"command": "quit"}', "nothing else"),
            ('{"take_over": true}', "nothing else"),
            ('{"leave": true}', "nothing else"),
            ("", "nothing else"),
        ],
    )
    def test_or_anything_that_no_camera_of_ours_sends_ends_the_connection(
        self, home, message, words
    ):
        with home.phone_let_in() as (_, line):
            line.send(message)
            assert words in end_of(line)[-1]["refused"]
            wait_until(lambda: not home.visit.has_phone)
            assert not home.visit.has_page

    def test_ends_the_connection_where_there_are_too_many(self, home):
        with home.phone_let_in() as (_, line):
            for number in range(MOST_A_SECOND + 1):
                line.send(sent(number, float(number), PICTURE))
            assert "too many" in end_of(line)[-1]["refused"]


class TestSession:
    def test_asks_the_phone_for_pictures_until_it_is_over(self, home):
        with home.phone_let_in() as (caller, line):
            home.visit.begin(SESSION, Eye.PHONE)
            assert hear(line) == {"v": 1, "wanted": True}
            with caller.talk() as again:  # its page is loaded again
                assert hear(again)["phone"]["is_in"]
                assert hear(again) == {"v": 1, "wanted": True}
                home.visit.finish({"refused": "no"})
                assert hear(again) == {"v": 1, "over": True}

    def test_with_another_camera_asks_the_phone_for_nothing_and_tells_it_nothing(self, home):
        with home.phone_let_in() as (_, line):
            home.visit.begin(SESSION, Eye.PAGE)
            home.visit.sink.events(0.0, [Say("Hold")])
            home.visit.begin(SESSION, Eye.PHONE)
            home.visit.sink.events(0.0, [Say("Now"), Sound(Earcon.IN)])
            assert hear(line) == {"v": 1, "wanted": True}
            assert hear(line)["heard"] == [{"words": "Now", "urgent": False}, {"earcon": "in"}]

    def test_loses_its_camera_when_the_phone_is_ended_and_has_it_again_by_another(self, home):
        home.visit.begin(SESSION, Eye.PHONE)
        with home.phone_let_in() as (_, line):
            line.send(sent(7, 1000.0, PICTURE))
            assert read(home.visit) == 7
            assert home.press("end") == 204
            with pytest.raises(InputError, match="no page is connected"):
                home.visit.feed.reopen()
            assert Eye.PHONE in home.visit.eyes  # a page that is loaded again must not take its own
        with home.phone_let_in() as (_, line):
            line.send(sent(1, 50.0, PICTURE))
            assert read(home.visit) == 1
            home.visit.feed.reopen()

    def test_can_be_with_the_phone_only_while_one_is_let_in(self, home):
        assert Eye.PHONE not in home.visit.eyes
        with pytest.raises(InputError, match="no phone is connected"):
            check_eye(Eye.PHONE, home.visit)
        with home.scan().talk() as line:
            hear(line)
            assert Eye.PHONE not in home.visit.eyes
        with home.phone_let_in():
            assert next(iter(home.visit.eyes)) is Eye.PHONE
            check_eye(Eye.PHONE, home.visit)


class TestRequests:
    """The same where no WebSocket opens, as in Safari with a certificate like this one."""

    @pytest.fixture(autouse=True)
    def name_a_line(self):
        """Each page makes a name for its own."""
        self.line = secrets.token_hex()

    def told(self, caller):
        answer = caller.ask(f"/eye/{self.line}/told", "POST", "")
        assert answer.status == 200
        return json.loads(answer.body)

    def test_let_a_phone_in_and_take_its_pictures(self, home):
        home.visit.begin(SESSION, Eye.PHONE)
        caller = home.scan()
        (first,) = self.told(caller)
        assert home.press(f"let-in/{first['phone']['number']}") == 204
        second, third = self.told(caller)
        assert second["phone"]["is_in"]
        assert third == {"v": 1, "wanted": True}
        assert caller.ask(f"/eye/{self.line}", "POST", sent(7, 1000.0, PICTURE)).status == 204
        assert read(home.visit) == 7
        home.press("end")
        assert caller.ask(f"/eye/{self.line}", "POST", sent(8, 1033.0, PICTURE)).status == 401

    def test_of_a_phone_that_is_not_let_in_do_nothing(self, home):
        home.visit.begin(SESSION, Eye.PHONE)
        caller = home.scan()
        self.told(caller)
        assert caller.ask(f"/eye/{self.line}", "POST", sent(7, 1000.0, PICTURE)).status == 204
        assert read(home.visit) is None

    def test_cannot_command(self, home):
        caller = home.scan()
        self.told(caller)
        answer = caller.ask(
            f"/eye/{self.line}", "POST", '{"command": "quit"}', Content_Type="application/json"
        )
        assert answer.status == 400
        assert b"nothing else" in answer.body
