"""What listens in the home network with ``--phone``: where, by which names, and for which paths."""

import socket
import ssl
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from backstretch.errors import SetupError
from backstretch.web import gate, phone, server
from backstretch.web.desk import Desk
from backstretch.web.gate import HEADERS
from backstretch.web.home_network import home_addresses, home_name
from backstretch.web.phone_setup import AT
from backstretch.web.phone_site import COOKIE, MODULES, phone_server
from backstretch.web.server import PHONE_PORT, Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit
from tests.web.guests import IN_TIME_S, Guest, jpeg
from tests.web.phones import HERE, Caller, trusting

PICTURE = jpeg()
CLOSED = ["/", "/health", "/live?stretch=standing_side_bend", "/history", "/history/1", "/progress"]
CLOSED += ["/reports/1", "/reports/live/x", "/poses/standing_side_bend.mp4", "/recordings"]
CLOSED += ["/poses/standing_side_bend/left.png", "/favicon.ico", "/calibrate", AT, f"{AT}/state"]
CLOSED += [f"{AT}/code.svg", "/static/live.js", "/static/phone_setup.js", "/static/", "/static/.."]
CLOSED += ["/static/..%2fphone.py", "/static/%2e%2e/phone.py", "/eye/x/y", "/phone/", "/none"]
CLOSED += ["/sounds/", "/sounds/none.wav", "/sounds/..%2fapi.py"]
OPEN = ["/phone", "/style.css", *(f"/static/{name}" for name in MODULES), "/sounds/in.wav"]


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
