"""The phone as the camera: what listens in the home network, who is let in, and what one can do who is."""

import json
import secrets
import socket
import ssl
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from backstretch.coaching.scene import Earcon, Say, Sound
from backstretch.errors import InputError, SetupError
from backstretch.vision.pushed_feed import MOST_BYTES, MOST_PX
from backstretch.web import gate, phone, server
from backstretch.web.conversation import MOST_A_SECOND
from backstretch.web.desk import Desk
from backstretch.web.gate import HEADERS
from backstretch.web.home_network import home_addresses, home_name
from backstretch.web.order import check_eye
from backstretch.web.phone import AGAIN, ENDED, OTHER, SILENT, Standing
from backstretch.web.phone_setup import AT, PhoneSetup
from backstretch.web.phone_site import COOKIE, MODULES, phone_server
from backstretch.web.server import PHONE_PORT, Server
from backstretch.web.site import Site
from backstretch.web.visit import Eye, Visit
from tests.web.guests import IN_TIME_S, Guest, claiming, jpeg, let_in, sent
from tests.web.phones import HERE, Caller, end_of, hear, house, trusting, wait_until

PICTURE = jpeg()
SESSION = "standing_side_bend"
CLOSED = ["/", "/health", "/live?stretch=standing_side_bend", "/history", "/history/1", "/progress"]
CLOSED += ["/reports/1", "/reports/live/x", "/poses/standing_side_bend.mp4", "/recordings"]
CLOSED += ["/poses/standing_side_bend/left.png", "/favicon.ico", "/calibrate", AT, f"{AT}/state"]
CLOSED += [f"{AT}/code.svg", "/static/live.js", "/static/phone_setup.js", "/static/", "/static/.."]
CLOSED += ["/static/..%2fphone.py", "/static/%2e%2e/phone.py", "/eye/x/y", "/phone/", "/none"]
CLOSED += ["/sounds/", "/sounds/none.wav", "/sounds/..%2fapi.py"]
OPEN = ["/phone", "/style.css", *(f"/static/{name}" for name in MODULES), "/sounds/in.wav"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        with house(tmp_path_factory.mktemp("home")) as opened:
            yield opened


@pytest.fixture(autouse=True)
def nobody(request):
    """Afterwards no phone is there, and no session."""
    yield
    if "home" in request.fixturenames:
        home = request.getfixturevalue("home")
        home.phone.end()
        home.visit.finish({})


def read(visit):
    """The number of the picture that a session reads, None without any."""
    picture = visit.feed.read()
    return None if picture is None else visit.feed.number_at(picture[0])


class TestListening:
    @pytest.mark.skipif(sys.platform != "linux", reason="the list of Linux")
    def test_is_at_the_given_addresses_only(self, home):
        rows = [
            row.split()
            for table in ("tcp", "tcp6")
            for row in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        ]
        at = [row[1] for row in rows if row[1].endswith(f":{home.server.port:04X}")]
        listening = {row[1] for row in rows if row[1] in at and row[3] == "0A"}
        assert listening == {f"0100007F:{home.server.port:04X}"}

    def test_in_the_home_network_is_not_on_this_machines_own_address(self, tmp_path, monkeypatch):
        addresses = home_addresses()
        if not addresses:
            pytest.skip("this machine is in no home network")
        monkeypatch.setattr(server, "PHONE_PORT", 0)
        with phone_server(phone.Phone(Visit()), tmp_path) as opened:
            socket.create_connection((addresses[0], opened.port), timeout=IN_TIME_S).close()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((HERE, opened.port), timeout=IN_TIME_S)

    def test_is_at_the_usual_port_or_at_another_where_that_is_taken(self, tmp_path, monkeypatch):
        with socket.create_server((HERE, 0)) as other:
            monkeypatch.setattr(server, "PHONE_PORT", other.getsockname()[1])
            with phone_server(phone.Phone(Visit()), tmp_path, [HERE]) as opened:
                assert opened.port not in {other.getsockname()[1], 0}
        assert 1024 < PHONE_PORT < 32768  # no system gives it to others by chance

    def test_without_a_home_network_says_what_to_do(self, tmp_path):
        with (
            pytest.raises(SetupError, match="in no home network; connect it"),
            phone_server(phone.Phone(Visit()), tmp_path, []),
        ):
            pass

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
    def test_refuses_tls_before_1_2(self, home, version):
        context = trusting()
        context.set_ciphers("ALL:@SECLEVEL=0")  # else the client itself would refuse
        with pytest.warns(DeprecationWarning, match="deprecated"):
            context.minimum_version = context.maximum_version = version
        with (
            socket.create_connection((HERE, home.server.port), timeout=IN_TIME_S) as line,
            pytest.raises(ssl.SSLError),
        ):
            context.wrap_socket(line)

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    def test_takes_tls_from_1_2_on(self, home, version):
        context = trusting()
        context.minimum_version = context.maximum_version = version
        with socket.create_connection((HERE, home.server.port), timeout=IN_TIME_S) as line:
            context.wrap_socket(line).close()

    def test_sends_small_answers_at_once(self, home):
        """The system would hold them back until the phone has confirmed the last, which waits for 40 ms."""
        for each in home.server._sockets:
            assert each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    def test_without_tls_answers_nothing(self, home):
        with socket.create_connection((HERE, home.server.port), timeout=IN_TIME_S) as line:
            line.sendall(b"GET /phone HTTP/1.1\r\nHost: x\r\n\r\n")
            assert not line.recv(1000).startswith(b"HTTP")


class TestGate:
    def test_without_a_cookie_says_where_the_code_is(self, home):
        for path in (*OPEN, *CLOSED):
            answer = home.stranger.ask(path)
            assert answer.status == 401
            assert b"Scan the one that the computer shows now" in answer.body

    @pytest.mark.parametrize(
        "host", ["localhost", "evil.example", "127.0.0.1:1", "", "phone.local", "LOCALHOST"]
    )
    def test_by_another_name_answers_nobody(self, home, host):
        caller = home.scan()
        answer = caller.ask("/phone", Host=host or "x")
        assert answer.status == 421

    def test_answers_by_the_name_of_the_machine(self, home):
        caller = home.scan()
        name = f"{home_name()}:{home.server.port}"
        assert caller.ask("/phone", Host=name).status == 200

    def test_gives_a_cookie_that_no_script_and_no_other_page_has(self, home):
        answer = home.stranger.ask("/enter?token=" + home.state()["address"].partition("=")[2])
        name, *rest = answer.headers["Set-Cookie"].split("; ")
        assert name.startswith(f"{COOKIE}=")
        assert {*rest} == {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"}
        assert b"url=/phone" in answer.body

    def test_takes_a_token_once(self, home):
        address = home.state()["address"]
        home.come(address)
        path = address.partition(str(home.server.port))[2]
        assert home.stranger.ask(path).status == 401

    def test_takes_no_late_token(self, home, monkeypatch):
        path = home.state()["address"].partition(str(home.server.port))[2]
        late_s = time.monotonic() + gate.TOKEN_S + 1.0
        monkeypatch.setattr(gate, "monotonic", lambda: late_s)
        assert home.stranger.ask(path).status == 401

    @pytest.mark.parametrize("token", ["", "x", "%00", "a" * 5000, "%C3%BC"])
    def test_takes_no_wrong_token(self, home, token):
        home.state()
        assert home.stranger.ask(f"/enter?token={token}").status == 401
        assert home.phone.number == ""

    def test_takes_no_token_of_the_other_page_and_the_other_none_of_this(self, home):
        own = f"/enter?token={home.phone.token()}"
        assert Guest(home.guest.port).ask(own).status == 401
        with Server(Site(Desk(), home.visit).app, 0) as other:
            path = other.invitation().partition(str(other.port))[2]
            assert home.stranger.ask(path).status == 401

    def test_of_the_computers_page_lets_no_phone_in(self, home):
        _, _, value = home.scan().cookie.partition("=")
        for name in (COOKIE, f"backstretch-{home.guest.port}"):
            stranger = Guest(home.guest.port, f"{name}={value}")
            for path in ("/", "/phone", f"{AT}/state", "/static/phone.js"):
                assert stranger.ask(path).status == 401
            with pytest.raises(InvalidStatus):
                stranger.talk()

    def test_of_the_phones_page_lets_no_computer_in(self, home):
        home.scan()
        value = home.guest.cookie.partition("=")[2]
        assert Caller(home.server.port, f"{COOKIE}={value}").ask("/phone").status == 401

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", None, f"http://{HERE}", "https://127.0.0.1:1"]
    )
    def test_lets_no_other_page_talk_to_it(self, home, origin):
        caller = home.scan()
        with pytest.raises(InvalidStatus):
            caller.talk(origin=origin)
        assert caller.ask("/eye/line", "POST", PICTURE, Origin=origin or "").status == 403


class TestPaths:
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
    def test_that_are_not_the_cameras_are_not_found_even_for_one_that_is_let_in(self, home, method):
        with home.phone_let_in() as (caller, _):
            found = {path: caller.ask(path, method) for path in CLOSED}
        assert {path: answer.status for path, answer in found.items()} == dict.fromkeys(CLOSED, 404)

    @pytest.mark.parametrize("path", OPEN)
    def test_of_the_camera_are_given_and_say_what_they_may(self, home, path):
        caller = home.scan()
        answer = caller.ask(path)
        assert answer.status == 200
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert {caller.ask(path, method).status for method in ("POST", "DELETE", "PUT")} == {405}


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
        with Server(Site(Desk(), home.visit, PhoneSetup()).app, 0) as alone:
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
