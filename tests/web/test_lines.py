"""Talking by requests where no WebSocket opens, and pictures that come from elsewhere than the page."""

import json
import time
from typing import Any

import numpy as np
import pytest

from backstretch.display.pictures.live_view import LiveState
from backstretch.frame import Frame
from backstretch.vision.pictures import jpeg_wh
from backstretch.web import lines
from backstretch.web.desk import Desk
from backstretch.web.lines import MOST_BYTES, MOST_LINES
from backstretch.web.messages import HEAD, picture_of
from backstretch.web.order import Asked, begin
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import MOST_ON_THE_WAY, SHOWN_PX, Eye, Visit
from tests.web.guests import jpeg, let_in, sent
from tests.web.test_conversation import wait_until
from tests.web.test_messages import scene

JSON = "application/json"


class Page:
    """A page that talks by requests."""

    def __init__(self, guest, name="line"):
        self.guest, self.name = guest, name

    def say(self, **request):
        return self.guest.give(f"/eye/{self.name}", json.dumps(request).encode(), JSON)

    def send(self, message):
        return self.guest.give(f"/eye/{self.name}", message, "application/octet-stream")

    def told(self):
        answer = self.guest.give(f"/eye/{self.name}/told", b"", JSON)
        return answer.status, json.loads(answer.body) if answer.status == 200 else None


@pytest.fixture
def visit():
    return Visit()


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def guest(desk, visit):
    with Server(Site(desk, visit).app, 0) as server:
        yield let_in(server)


def nobody():
    """Takes what is told."""
    told: list[Any] = []
    return told.append


class TestRequests:
    def test_ask_for_a_session_send_pictures_and_are_told(self, guest, desk, visit):
        page = Page(guest)
        assert page.told() == (200, [])
        assert page.say(begin={"name": "childs_pose"}).status == 204
        assert desk.is_busy
        assert visit.has_page
        visit.tell({"remark": "one"})
        visit.tell({"remark": "two"})
        assert [each["remark"] for each in page.told()[1]] == ["one", "two"]
        assert page.send(sent(7, 0.0, jpeg())).status == 204
        assert visit.feed.read() is not None

    def test_wait_for_what_is_told(self, guest):
        began_s = time.perf_counter()
        assert Page(guest).told() == (200, [])
        assert time.perf_counter() - began_s > 0.9 * lines.POLL_S

    def test_that_say_something_odd_end_the_line(self, guest, visit):
        page = Page(guest)
        page.say(take_over=True)
        answer = page.send(sent(1, 0.0, b"no picture"))
        assert answer.status == 400
        assert "no JPEG" in json.loads(answer.body)["refused"]
        assert not visit.has_page

    def test_that_stop_are_a_page_that_is_gone(self, guest, visit, monkeypatch):
        monkeypatch.setattr(lines, "SILENT_S", 0.2)
        Page(guest).say(take_over=True)
        assert visit.has_page
        wait_until(lambda: not visit.has_page)

    def test_of_too_many_pages_are_refused(self, guest):
        names = [f"line{number}" for number in range(MOST_LINES + 1)]
        statuses = [Page(guest, name).say(take_over=True).status for name in names]
        assert statuses == [204] * MOST_LINES + [429]

    def test_that_are_too_large_are_refused(self, guest):
        assert Page(guest).send(bytes(MOST_BYTES + 1)).status == 413

    def test_of_another_site_are_refused(self, guest):
        answer = guest.ask("/eye/line", "POST", Origin="http://evil.example", Content_Length="0")
        assert answer.status == 403


class TestPicturesFromElsewhere:
    @pytest.fixture
    def told(self, visit):
        told: list[Any] = []
        visit.begin("childs_pose", Eye.PROGRAM)
        visit.enter(told.append)
        return told

    def show(self, visit, time_s):
        image = np.zeros((720, 1280, 3), np.uint8)
        visit.linger(LiveState(Frame(0, time_s, image), None, None, scene()), 0.0)

    def test_are_sent_to_the_page_with_their_number_and_made_smaller(self, visit, told):
        self.show(visit, 1.5)
        picture, look = told
        read = picture_of(picture)
        assert (read.number, read.time_ms) == (1, 1500.0)
        assert jpeg_wh(read.jpeg) == (SHOWN_PX, SHOWN_PX * 720 // 1280)
        assert (look["look"], look["camera"]) == (1, "program")

    def test_do_not_queue_up_where_the_page_is_slow(self, visit, told):
        for number in range(5):
            self.show(visit, float(number))
        assert sum(isinstance(each, bytes) for each in told) == MOST_ON_THE_WAY
        visit.shown(2)
        self.show(visit, 9.0)
        assert isinstance(told[-2], bytes)
        assert HEAD.unpack_from(told[-2])[0] == 3

    def test_of_the_page_itself_are_left_out(self, visit):
        page = nobody()
        visit.begin("childs_pose", Eye.PROGRAM)
        visit.enter(page)
        visit.push(page, picture_of(sent(1, 0.0, jpeg())))
        assert visit.feed.read() is None

    def test_of_a_phone_are_those_of_the_session_and_end_with_it(self, visit):
        page, phone = nobody(), nobody()
        visit.begin("childs_pose", Eye.PHONE)
        visit.enter(page)
        visit.enter(phone, Eye.PHONE)
        visit.push(page, picture_of(sent(1, 0.0, jpeg())))
        assert visit.feed.read() is None
        visit.push(phone, picture_of(sent(1, 0.0, jpeg())))
        assert visit.feed.read() is not None
        visit.leave(phone)
        assert visit.has_page
        assert not visit.has_phone

    @pytest.mark.parametrize(
        ("camera", "says"), [("program", "--camera"), ("phone", "no phone is connected")]
    )
    def test_of_a_camera_that_is_not_there_are_refused(self, guest, desk, camera, says):
        page = Page(guest)
        page.say(begin={"name": "childs_pose", "camera": camera})
        assert says in page.told()[1][0]["refused"]
        assert not desk.is_busy

    def test_of_a_camera_that_is_there_are_not(self):
        visit = Visit("0")
        assert list(visit.eyes) == [Eye.PROGRAM, Eye.PAGE]
        assert callable(begin(Asked.of({"name": "childs_pose", "camera": "program"}), visit))
