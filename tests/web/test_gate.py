"""The gate, asked over this machine's network: who is let in, who is refused, what every answer says."""

import gc
import logging
import socket
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from websockets.exceptions import InvalidStatus

from backstretch.errors import SetupError
from backstretch.web import gate
from backstretch.web.gate import HEADERS, POLICY, TOKEN_BYTES, TOKEN_S, Keys
from backstretch.web.server import Server
from tests.web.guests import Guest, let_in

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
OWN_POLICY = "default-src 'none'"
LOOPBACK = {"0100007F", "00000000000000000000000001000000"}
"""127.0.0.1 and ::1, as Linux writes them."""


def small_app(folder, spoken):
    """A page, a report, a static file, one that breaks, and a socket that notes whom it accepted."""

    def page(_):
        return PlainTextResponse("the page")

    def report(_):
        return HTMLResponse("<p>", headers={"Content-Security-Policy": OWN_POLICY})

    async def eye(told):
        await told.accept()
        spoken.append(told.headers["origin"])
        await told.send_text("come in")
        await told.close()

    return Starlette(
        routes=[
            Route("/", page, methods=METHODS),
            Route("/report", report),
            Mount("/static", StaticFiles(directory=str(folder))),
            WebSocketRoute("/eye", eye),
        ]
    )


@pytest.fixture(scope="module")
def spoken():
    return []


@pytest.fixture(scope="module")
def server(tmp_path_factory, spoken):
    folder = tmp_path_factory.mktemp("static")
    (folder / "page.js").write_text("1;\n")
    with Server(small_app(folder, spoken), 0) as opened:
        yield opened


@pytest.fixture(scope="module")
def guest(server):
    return let_in(server)


@pytest.fixture(scope="module")
def stranger(server):
    return Guest(server.port)


class TestListening:
    @pytest.mark.skipif(sys.platform != "linux", reason="the list of Linux")
    def test_is_on_the_loopback_addresses_only(self, server):
        rows = [
            row.split()
            for table in ("tcp", "tcp6")
            for row in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        ]
        port = f"{server.port:04X}"
        bound = {row[1].partition(":")[0] for row in rows if row[1].endswith(f":{port}")}
        assert "0100007F" in bound
        assert bound <= LOOPBACK

    def test_is_on_ipv6_where_there_is_any(self, server):
        if not socket.has_ipv6:
            pytest.skip("this machine has no IPv6")
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            pytest.skip("this machine has no IPv6 address of its own")
        socket.create_connection(("::1", server.port), timeout=5.0).close()

    def test_at_a_port_that_is_taken_says_so_and_leaves_nothing_open(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(SetupError, match=f"port {port} cannot be used .*; leave out"):
                Server(Starlette(), port)
            gc.collect()  # a socket that is left open would warn here

    def test_begins_again_at_once_on_the_port_of_a_page_that_has_ended(self):
        with Server(Starlette(), 0) as first:
            Guest(first.port).ask("/")
        with Server(Starlette(), first.port) as second:
            assert Guest(second.port).ask("/").status == 401


class TestHost:
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
    def test_of_this_machine_is_answered(self, guest, name):
        assert guest.ask("/", Host=f"{name}:{guest.port}").status == 200

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example:PORT",
            "127.0.0.1.evil.example:PORT",
            "localhost.:PORT",
            "127.0.0.1",
            "localhost:1",
            "127.0.0.2:PORT",
            "0.0.0.0:PORT",
            "127.1:PORT",
            "[::ffff:127.0.0.1]:PORT",
            "me@127.0.0.1:PORT",
            "127.0.0.1:PORT,evil.example",
        ],
    )
    @pytest.mark.parametrize("path", ["/", "/enter", "/static/page.js"])
    def test_of_another_name_is_misdirected_whatever_the_cookie(self, guest, host, path):
        asked = host.replace("PORT", str(guest.port))
        origin = f"http://{asked}"
        assert guest.ask(path, Host=asked, Origin=origin).status == 421
        assert guest.ask(path, "POST", Host=asked, Origin=origin).status == 421

    def test_that_is_empty_is_misdirected(self, guest):
        assert guest.ask_with("/", [("Host", ""), ("Cookie", guest.cookie)]).status == 421

    def test_that_is_missing_or_given_twice_is_refused(self, guest):
        cookie, host = ("Cookie", guest.cookie), ("Host", f"127.0.0.1:{guest.port}")
        assert guest.ask_with("/", [cookie]).status in {400, 421}
        assert guest.ask_with("/", [("Host", "evil.example"), host, cookie]).status in {400, 421}

    def test_in_the_line_of_a_request_does_not_count(self, guest):
        whole = f"http://127.0.0.1:{guest.port}/"
        assert guest.ask(whole, Host="evil.example").status == 421

    def test_of_another_name_is_refused_to_a_socket(self, guest, spoken):
        spoken.clear()
        origin = f"http://evil.example:{guest.port}"
        with pytest.raises(InvalidStatus), guest.talk(host="evil.example", origin=origin):
            pass
        assert not spoken


class TestCookie:
    @pytest.mark.parametrize(
        "path", ["/", "/report", "/static/page.js", "/static/", "/none", "/enter/", "//enter"]
    )
    def test_that_is_missing_closes_every_page_but_the_door(self, stranger, path):
        answer = stranger.ask(path)
        assert answer.status == 401
        assert b"backstretch app" in answer.body

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", *METHODS[1:]])
    def test_that_is_missing_closes_the_page_to_every_method(self, stranger, method):
        assert stranger.ask("/", method, Origin=stranger.origin).status == 401
        assert stranger.ask("/enter", method, Origin=stranger.origin).status == 401

    @pytest.mark.parametrize("value", ["", "x", '"', "é", "a" * 5000])
    def test_of_another_value_is_none(self, guest, value):
        name = guest.cookie.partition("=")[0]
        assert guest.ask("/", Cookie=f"{name}={value}").status == 401

    def test_under_another_name_is_none(self, guest):
        assert guest.ask("/", Cookie=f"other={guest.cookie.partition('=')[2]}").status == 401

    @pytest.mark.parametrize(
        "other", ["a=1", 'a={"b": [1, 2]}', "a[b]=c", "a", "=", 'q="x', "é=ü", "path=/; secure"]
    )
    def test_counts_beside_those_of_other_programs_of_this_machine(self, guest, other):
        assert guest.ask("/", Cookie=f"{other}; {guest.cookie}").status == 200
        assert guest.ask("/", Cookie=f"{guest.cookie}; {other}").status == 200

    def test_of_another_program_of_the_same_machine_does_not_open_this_one(self, guest):
        with Server(Starlette(), 0) as other:
            theirs = let_in(other).cookie
        assert guest.ask("/", Cookie=theirs).status == 401

    def test_is_hidden_from_scripts_and_from_other_sites_and_ends_with_the_browser(
        self, server, stranger
    ):
        path = "/" + server.invitation().partition(server.url)[2]
        told = stranger.ask(path).headers["Set-Cookie"].split("; ")
        assert set(told[1:]) == {"Path=/", "HttpOnly", "SameSite=Strict"}


class TestToken:
    def test_lets_in_once(self, server, stranger):
        path = "/" + server.invitation().partition(server.url)[2]
        assert stranger.ask(path).status == 200
        again = stranger.ask(path)
        assert (again.status, again.headers["Set-Cookie"]) == (401, None)

    def test_lets_in_whom_a_file_of_this_machine_sends(self, server, stranger):
        path = "/" + server.invitation().partition(server.url)[2]
        assert stranger.ask(path, Sec_Fetch_Site="cross-site").status == 200

    @pytest.mark.parametrize(
        "query", ["", "?token=", "?token=wrong", "?token=%00", "?token=%FF%FE", "?other=1", "?%"]
    )
    def test_that_is_wrong_or_missing_does_not(self, stranger, query):
        answer = stranger.ask(f"/enter{query}")
        assert (answer.status, answer.headers["Set-Cookie"]) == (401, None)

    def test_that_is_cut_short_or_too_long_does_not(self, server, stranger):
        path = "/" + server.invitation().partition(server.url)[2]
        assert stranger.ask(path[:-1]).status == 401
        assert stranger.ask(f"{path}A").status == 401
        assert stranger.ask(path).status == 200

    @pytest.mark.parametrize(("after_s", "is_good"), [(0.0, True), (119.9, True), (120.1, False)])
    def test_is_good_for_two_minutes(self, monkeypatch, after_s, is_good):
        monkeypatch.setattr(gate, "monotonic", lambda: 1000.0)
        keys = Keys()
        token = keys.token()
        monkeypatch.setattr(gate, "monotonic", lambda: 1000.0 + after_s)
        assert keys.takes(token) is is_good
        assert not keys.takes(token)
        assert TOKEN_S == 120.0

    def test_and_cookie_have_256_bits_each_of_their_own(self):
        keys = Keys()
        made = {keys.cookie, *(keys.token() for _ in range(20)), Keys().cookie}
        assert TOKEN_BYTES * 8 == 256
        assert len(made) == 22
        assert {len(each) for each in made} == {43}  # letters of six bits each

    def test_is_in_no_log(self, server, stranger, caplog, capfd):
        caplog.set_level(logging.DEBUG)
        path = "/" + server.invitation().partition(server.url)[2]
        stranger.ask(path)
        token = path.partition("=")[2]
        assert token not in caplog.text
        assert token not in "".join(capfd.readouterr())

    def test_is_not_told_to_the_page_that_follows(self, server, stranger):
        path = "/" + server.invitation().partition(server.url)[2]
        answer = stranger.ask(path)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert path.partition("=")[2].encode() not in answer.body


class TestChange:
    @pytest.mark.parametrize("method", METHODS[1:])
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:1"},
            {"Origin": "http://127.0.0.1"},
            {"Origin": "https://127.0.0.1:PORT"},
            {"Origin": "http://localhost:PORT"},
            {"Origin": "null", "Sec_Fetch_Site": "same-origin"},
            {"Sec_Fetch_Site": "same-site"},
            {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "none"},
            {},
        ],
    )
    def test_that_another_page_asks_for_is_forbidden(self, guest, method, headers):
        told = {name: text.replace("PORT", str(guest.port)) for name, text in headers.items()}
        assert guest.ask("/", method, **told).status == 403
        assert guest.ask("/enter", method, **told).status == 403

    @pytest.mark.parametrize("method", METHODS[1:])
    def test_that_the_page_itself_asks_for_is_made(self, guest, method):
        assert guest.ask("/", method, Origin=guest.origin).status == 200
        assert guest.ask("/", method, Sec_Fetch_Site="same-origin").status == 200

    def test_with_two_origins_is_forbidden(self, guest):
        host, cookie = ("Host", f"127.0.0.1:{guest.port}"), ("Cookie", guest.cookie)
        origins = [("Origin", "https://evil.example"), ("Origin", guest.origin)]
        assert guest.ask_with("/", [host, cookie, *origins], "POST").status == 403


class TestSocket:
    def test_of_the_page_is_accepted(self, guest, spoken):
        spoken.clear()
        with guest.talk() as told:
            assert told.recv() == "come in"
        assert spoken == [guest.origin]

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"origin": "https://evil.example"}, 403),
            ({"origin": "null"}, 403),
            ({"origin": "http://127.0.0.1:1"}, 403),
            ({"origin": None}, 403),
            ({"cookie": ""}, 401),
            ({"cookie": "backstretch=x"}, 401),
        ],
    )
    def test_of_anybody_else_is_refused_before_it_is_accepted(self, guest, spoken, changed, code):
        spoken.clear()
        with pytest.raises(InvalidStatus) as refused, guest.talk(**changed):
            pass
        assert refused.value.response.status_code == code
        told = refused.value.response.headers
        assert "Server" not in told
        assert {name: told[name] for name in HEADERS} == HEADERS
        assert not spoken

    @pytest.mark.parametrize("path", ["/enter", "/none", "/"])
    def test_to_another_address_is_refused(self, guest, path):
        with pytest.raises(InvalidStatus) as refused, guest.talk(path):
            pass
        assert refused.value.response.status_code == 403


class TestEmbedding:
    @pytest.mark.parametrize("path", ["/", "/report", "/static/page.js", "/none"])
    @pytest.mark.parametrize("site", ["cross-site", "same-site", "odd", "Same-Origin"])
    def test_by_another_page_is_forbidden(self, guest, path, site):
        assert guest.ask(path, Sec_Fetch_Site=site).status == 403
        assert guest.ask(path, "HEAD", Sec_Fetch_Site=site).status == 403

    @pytest.mark.parametrize("site", ["same-origin", "none", ""])
    def test_by_the_page_itself_and_typing_its_address_are_answered(self, guest, site):
        assert guest.ask("/", Sec_Fetch_Site=site).status == 200


class TestEveryAnswer:
    @pytest.fixture(
        params=["200", "report", "static", "unchanged", "door", "401", "403", "404", "405", "421"]
    )
    def answer(self, request, server, guest, stranger):
        asks = {
            "200": lambda: guest.ask("/"),
            "report": lambda: guest.ask("/report"),
            "static": lambda: guest.ask("/static/page.js"),
            "unchanged": lambda: guest.ask(
                "/static/page.js", If_None_Match=guest.ask("/static/page.js").headers["ETag"]
            ),
            "door": lambda: stranger.ask("/" + server.invitation().partition(server.url)[2]),
            "401": lambda: stranger.ask("/static/page.js"),
            "403": lambda: guest.ask("/", "POST"),
            "404": lambda: guest.ask("/none"),
            "405": lambda: guest.ask("/report", "OPTIONS", Origin=guest.origin),
            "421": lambda: guest.ask("/", Host="evil.example"),
        }
        given = asks[request.param]()
        if request.param.isdigit():
            assert given.status == int(request.param)
        return given

    def test_says_what_a_browser_may_do_with_it(self, answer):
        for name, value in HEADERS.items():
            expected = {value, OWN_POLICY} if value == POLICY else {value}
            assert len(answer.headers.get_all(name)) == 1
            assert answer.headers[name] in expected

    def test_names_no_program_and_opens_to_no_other_site(self, answer):
        names = {name.lower() for name in answer.headers}
        assert "server" not in names
        assert not {name for name in names if name.startswith("access-control")}


def test_the_policy_allows_what_is_here_and_nothing_written_into_a_page():
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in POLICY
    assert "*" not in POLICY


def test_a_report_has_its_own_policy(guest):
    assert guest.ask("/report").headers.get_all("Content-Security-Policy") == [OWN_POLICY]


def test_a_request_that_cannot_be_read_names_no_program(guest):
    with socket.create_connection(("127.0.0.1", guest.port), timeout=5.0) as line:
        line.sendall(b"BREW / COFFEE\r\n\r\n")
        said = line.recv(4096).lower()
    assert said.startswith(b"http/1.1 400")
    assert b"server:" not in said
