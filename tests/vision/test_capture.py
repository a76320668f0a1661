"""Capture: real files in real time, real streams on this machine, stand-ins for hardware."""

import socket
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import cv2  # noqa: TID253 - compresses the pictures that a network camera sends
import numpy as np
import pytest

from backstretch.errors import InputError, NoticeKind
from backstretch.vision import capture as camera
from backstretch.vision import feeds
from backstretch.vision.capture import REOPEN_S, Capture, open_capture
from backstretch.vision.feeds import STALLED_S, CameraFeed, cameras, redacted
from tests.media import corners, grey, number_of, numbered, quartered, write_video

LATENESS_S = 0.15
"""Of a picture, at most: a busy machine needs more than the program."""
IN_TIME_S = 20.0
FOR_EVER_S = 200.0
"""A thread on a busy machine may wake up so late."""


def played(path):
    """All that is taken of a file by somebody who does nothing else, and when it was, in file time."""
    with open_capture(str(path)) as capture:
        return list(taken(capture))


def take(capture, timeout_s=IN_TIME_S):
    """The next picture, which must come."""
    frame = capture.newest(timeout_s)
    assert frame is not None
    return frame


def taken(capture, busy_s=0.0, until=lambda capture: capture.ended):
    """Pictures as they are taken, with the capture clock; ``busy_s`` is spent on each."""
    end_s = time.perf_counter() + IN_TIME_S
    while not until(capture):
        assert time.perf_counter() < end_s, "never came"
        frame = capture.newest(0.1)
        if frame is not None:
            yield frame, capture.now_s()
            time.sleep(busy_s)


def wait_for(condition):
    """Seconds until it holds; fails when it does not."""
    start_s = time.perf_counter()
    while not condition():
        assert time.perf_counter() - start_s < IN_TIME_S, "it did not happen"
        time.sleep(0.01)
    return time.perf_counter() - start_s


class Hardware:
    """A stand-in for a camera that gives what it is told: a picture, None, or an error on opening.

    Attributes:
        answers: What `read` gives, one each; the last one for ever. A callable is called.
        is_there: Whether it can be opened.
    """

    def __init__(self, *answers, every_s=0.02):
        self.fps, self.patience_s, self.notices = 30.0, STALLED_S, []
        self.answers = list(answers) or [grey(1)]
        self.is_there = True
        self.opened, self.refused, self.closed = [], 0, 0
        self._every_s = every_s
        self._start_s = time.perf_counter()

    def read(self):
        time.sleep(self._every_s)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        image = answer() if callable(answer) else answer
        return None if image is None else (time.perf_counter() - self._start_s, image)

    def reopen(self):
        if not self.is_there:
            self.refused += 1
            raise InputError("camera 0 is not there")
        if not self.opened:
            self._start_s = time.perf_counter()
        self.opened.append(time.perf_counter())

    def close(self):
        self.closed += 1


class Hang:
    """A read that does not return until it is let go."""

    def __init__(self):
        self.let_go = threading.Event()

    def __call__(self):
        assert self.let_go.wait(10.0)
        return grey(2)


def pictures_of(*images):
    """What a capture makes of pictures of a camera, each as it comes."""
    with Capture(Hardware(*images, every_s=0.05), "camera 0") as capture:
        seen = [take(capture) for _ in images]
        assert capture.dropped == 0
        assert {frame.wh for frame in seen} == {capture.wh}
        assert all(frame.image.flags.c_contiguous for frame in seen)
        return [frame.image for frame in seen]


@pytest.mark.parametrize(
    ("turn_deg", "expected"),
    [
        (0, ["red", "green", "blue", "white"]),
        (90, ["blue", "red", "white", "green"]),
        (270, ["green", "white", "red", "blue"]),
    ],
)
def test_pictures_are_turned_clockwise_as_somebody_says(turn_deg, expected):
    with Capture(Hardware(quartered((96, 64))), "camera 0", turn_deg) as capture:
        assert corners(take(capture).image) == expected
        assert capture.wh == ((64, 96) if turn_deg else (96, 64))


@contextmanager
def network_camera(pictures, fps=30.0, then=lambda: None):
    """A camera that serves Motion JPEG over HTTP, as many do; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            for picture in pictures:
                data = cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + data + b"\r\n")
                except OSError:  # nobody looks any more
                    return
                time.sleep(1 / fps)
            then()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/stream.mjpg"
        server.shutdown()
        thread.join()


class TestFile:
    def test_is_played_in_its_own_time(self, tmp_path):
        path = write_video(tmp_path / "a.mp4", map(grey, range(10)), range(0, 500, 50))
        start_s = time.perf_counter()
        seen = played(path)
        assert time.perf_counter() - start_s >= 0.45
        assert [frame.index for frame, _ in seen] == list(range(10))
        assert [frame.time_s for frame, _ in seen] == pytest.approx([n / 20 for n in range(10)])
        assert [number_of(frame.image) for frame, _ in seen] == list(range(10))

    def test_of_a_variable_frame_rate_gives_each_picture_when_its_moment_has_come(self, tmp_path):
        stamps = [0, 33, 67, 200, 220, 400, 433]
        seen = played(write_video(tmp_path / "a.mp4", map(grey, range(7)), stamps))
        assert [frame.time_s for frame, _ in seen] == pytest.approx([s / 1000 for s in stamps])
        late = np.array([now_s - frame.time_s for frame, now_s in seen])
        assert late.min() >= 0.0
        assert np.median(late) < LATENESS_S

    def test_gives_a_slow_taker_the_newest_picture_and_counts_the_others(self, tmp_path):
        path = write_video(tmp_path / "a.mp4", map(grey, range(30)), range(0, 30 * 33, 33))
        with open_capture(str(path)) as capture:
            seen = list(taken(capture, busy_s=0.15))
            assert capture.captured == 30
            assert capture.dropped + len(seen) == 30
            assert capture.dropped > 15
        ages = [now_s - frame.time_s for frame, now_s in seen]
        assert sorted(ages)[-2] < 0.033 + LATENESS_S
        indices = [frame.index for frame, _ in seen]
        assert indices == sorted(set(indices))
        assert [number_of(frame.image) for frame, _ in seen] == [n % 18 for n in indices]

    def test_has_ended_when_its_last_picture_was_taken_and_not_before(self, tmp_path):
        with open_capture(str(numbered(tmp_path / "a.mp4", 5))) as capture:
            wait_for(lambda: capture.captured == 5)
            time.sleep(0.1)
            before = capture.ended
            assert take(capture).index == 4
            assert (before, capture.ended) == (False, True)
            assert capture.newest(FOR_EVER_S) is None
            assert capture.lost == ""

    def test_tells_what_it_is_called_its_size_and_its_rate(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        numbered(tmp_path / "10:30.mp4", 5)
        with open_capture("10:30.mp4") as capture:
            assert (capture.name, capture.wh, capture.fps) == ("10:30.mp4", (64, 48), 25.0)

    def test_that_was_cut_short_ends_and_says_so(self, tmp_path):
        dice = np.random.default_rng(1)
        noise = (dice.integers(0, 255, (120, 160, 3), dtype=np.uint8) for _ in range(50))
        path = write_video(tmp_path / "a.mkv", noise, range(0, 2000, 40))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 4])
        with open_capture(str(path)) as capture:
            seen = list(taken(capture))
            assert 2 < len(seen) < 30
            assert NoticeKind.ENDS_EARLY in {notice.kind for notice in capture.notices}

    def test_with_a_long_gap_is_waited_for_and_not_called_lost(self, tmp_path, monkeypatch):
        monkeypatch.setattr(feeds, "STALLED_S", 0.2)
        path = write_video(tmp_path / "a.mp4", map(grey, range(3)), [0, 40, 700])
        with open_capture(str(path)) as capture:
            wait_for(lambda: capture.now_s() > 0.5)
            assert capture.lost == ""
            assert [f.time_s for f, _ in taken(capture)][-1] == pytest.approx(0.7)


class TestRefusal:
    @pytest.mark.parametrize("where", ["none.mp4", "", "text.mp4"])
    def test_of_a_file_is_in_the_words_of_the_reader(self, tmp_path, where):
        (tmp_path / "text.mp4").write_text("Dear diary, today I stretched.\n" * 99)
        with (
            pytest.raises(InputError, match=r"no such file|a folder|cannot be read as a video"),
            open_capture(str(tmp_path / where)),
        ):
            pass

    def test_of_a_single_picture_asks_for_a_video(self, tmp_path):
        path = tmp_path / "a.png"
        cv2.imwrite(str(path), grey(3))
        said = r"a\.png: is a single picture; give a video"
        with pytest.raises(InputError, match=said), open_capture(str(path)):
            pass

    @pytest.mark.parametrize(
        ("where", "said"),
        [
            ("93", "camera 93 "),
            ("/dev/video93", "camera 93 "),
            ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x does not answer"),
            ("rtsp://ann:secret@127.0.0.1:9/x", "rtsp://127.0.0.1:9/x does not answer"),
            ("nosuch://here", "nosuch://here does not answer"),
        ],
    )
    def test_of_what_is_not_there_is_one_line(self, where, said, capfd):
        with pytest.raises(InputError) as told, open_capture(where):
            pass
        assert str(told.value).startswith(said)
        assert "\n" not in str(told.value)
        assert capfd.readouterr() == ("", "")

    def test_of_an_address_that_accepts_and_says_nothing_comes_in_time(self, monkeypatch):
        monkeypatch.setattr(feeds, "NETWORK_TIMEOUT_MS", 300)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/x"
            with pytest.raises(InputError, match="does not answer"), open_capture(url):
                pass

    def test_of_a_camera_tells_the_missing_from_the_busy_and_the_forbidden(
        self, tmp_path, monkeypatch
    ):
        def told():
            with pytest.raises(InputError) as error:
                CameraFeed(93, tmp_path).reopen()
            return str(error.value)

        monkeypatch.setattr("platform.system", lambda: "Linux")
        assert told() == "camera 93 is not there; backstretch cameras lists all cameras"
        (tmp_path / "video93").touch()
        assert told() == "camera 93 cannot be opened: it may be in use by another program"
        monkeypatch.setattr("os.access", lambda *_: False)  # to the administrator all is permitted
        refusal = f"no permission for {tmp_path}/video93; join the group video"
        assert told() == f"camera 93 cannot be opened: {refusal}"

    def test_of_a_camera_that_opens_and_gives_nothing_comes_in_time(self, monkeypatch):
        monkeypatch.setattr(camera, "FIRST_PICTURE_S", 0.3)
        hardware = Hardware(None)
        with (
            pytest.raises(InputError, match="camera 0: gives no picture"),
            Capture(hardware, "camera 0"),
        ):
            pass
        wait_for(lambda: hardware.closed)

    def test_of_a_camera_that_hangs_at_once_comes_in_time(self, monkeypatch):
        monkeypatch.setattr(camera, "FIRST_PICTURE_S", 0.3)
        monkeypatch.setattr(camera, "CLOSE_S", 0.2)
        hang = Hang()
        with pytest.raises(InputError), Capture(Hardware(hang), "camera 0"):
            pass
        hang.let_go.set()


class TestCamera:
    def test_that_goes_and_comes_back_is_lost_meanwhile_and_keeps_its_clock(self):
        hardware = Hardware()
        with Capture(hardware, "camera 0") as capture:
            before = take(capture)
            hardware.answers = [None]
            hardware.is_there = False
            wait_for(lambda: capture.lost)
            assert capture.lost == "the camera does not answer; is it unplugged?"
            capture.newest(0.0)
            assert capture.newest(0.1) is None
            assert not capture.ended
            wait_for(lambda: hardware.refused >= 2)
            assert hardware.refused < 5
            hardware.answers = [grey(5)]
            hardware.is_there = True
            after = take(capture)
            assert capture.lost == ""
            assert capture.now_s() - after.time_s < LATENESS_S
            assert after.time_s - before.time_s > REOPEN_S
            assert after.index == capture.captured - 1 > before.index
            assert take(capture).time_s > after.time_s

    def test_that_can_be_opened_and_gives_nothing_is_not_opened_without_pause(self, monkeypatch):
        monkeypatch.setattr(camera, "REOPEN_S", 0.25)
        hardware = Hardware(grey(1), None)
        with Capture(hardware, "camera 0") as capture:
            wait_for(lambda: len(hardware.opened) >= 3)
            assert capture.lost
        assert np.diff(hardware.opened).min() >= 0.24

    def test_with_a_few_bad_pictures_is_neither_lost_nor_opened_again(self):
        hardware = Hardware(grey(1), None, None, None, grey(2))
        with Capture(hardware, "camera 0") as capture:
            wait_for(lambda: capture.captured > 3 or capture.lost)
            assert capture.lost == ""
        assert len(hardware.opened) == 1

    def test_that_hangs_is_lost_and_comes_back_and_can_be_left_hanging(self):
        hang, for_good = Hang(), Hang()
        hardware = Hardware(grey(1), hang, grey(3), for_good)
        with Capture(hardware, "camera 0") as capture:
            assert wait_for(lambda: capture.lost) > STALLED_S - 0.1
            hang.let_go.set()
            wait_for(lambda: not capture.lost)
            wait_for(lambda: capture.captured == 3)
        assert not hardware.closed  # left without having waited for the read
        for_good.let_go.set()

    def test_is_let_go_of_by_its_own_thread_once_a_hanging_read_ends(self, monkeypatch):
        monkeypatch.setattr(camera, "CLOSE_S", 0.2)
        hang = Hang()
        hardware = Hardware(grey(1), hang)
        with Capture(hardware, "camera 0"):
            pass
        assert not hardware.closed
        hang.let_go.set()
        wait_for(lambda: hardware.closed)

    def test_that_repeats_its_time_still_gets_increasing_ones(self):
        class Stopped(Hardware):
            def read(self):
                time.sleep(0.01)
                return 1.0, grey(1)

        with Capture(Stopped(), "camera 0") as capture:
            times = [take(capture).time_s for _ in range(3)]
        assert (np.diff(times) > 0).all()
        assert times == pytest.approx([1.0] * 3, abs=1e-3)

    def test_whose_first_picture_comes_late_does_not_set_the_clock_behind_the_others(self):
        class Sleepy(Hardware):
            def read(self):
                came = super().read()
                time.sleep(0.0 if self.is_awake else 0.8)
                self.is_awake = True
                return came

            is_awake = False

        with Capture(Sleepy(), "camera 0") as capture:
            for _ in range(3):
                frame = take(capture)
                assert 0.0 <= capture.now_s() - frame.time_s < 0.4 + 0.8 * (frame.index == 0)

    def test_whose_driver_breaks_is_a_bug_that_is_raised_where_pictures_are_taken(self):
        def broken():
            raise ZeroDivisionError

        with Capture(Hardware(grey(1), broken), "camera 0") as capture:
            capture.newest(1.0)
            with pytest.raises(ZeroDivisionError):
                capture.newest(1.0)
            assert not capture.ended


class TestPicture:
    def test_of_another_size_is_brought_to_the_first(self):
        first, second = pictures_of(quartered((64, 48)), quartered((128, 96)))
        assert corners(first) == corners(second) == ["red", "green", "blue", "white"]

    @pytest.mark.parametrize(
        ("wh", "inside"),
        [
            ((128, 72), np.s_[6:42, :]),
            ((72, 128), np.s_[:, 18:45]),
            ((640, 1), np.s_[23:24, :]),
        ],
    )
    def test_of_another_aspect_keeps_it_between_black(self, wh, inside):
        image = pictures_of(grey(9), np.full((wh[1], wh[0], 3), 255, np.uint8))[1]
        bright = np.zeros((48, 64), bool)
        bright[inside] = True
        assert (image[bright] == 255).all()
        assert (image[~bright] == 0).all()

    @pytest.mark.parametrize("shape", [(48, 64), (48, 64, 1)])
    def test_in_grey_is_made_rgb(self, shape):
        assert (pictures_of(np.full(shape, 77, np.uint8))[0] == 77).all()

    def test_in_bgra_is_made_rgb_in_any_size(self):
        red = np.full((48, 64, 4), (0, 0, 255, 128), np.uint8)
        for image in pictures_of(red, red.repeat(2, axis=0).repeat(2, axis=1)):
            assert (image == (255, 0, 0)).all()


class TestStream:
    def test_of_a_network_camera_comes_as_rgb_and_on_the_capture_clock(self):
        with network_camera([quartered((64, 48))] * 60) as url, open_capture(url) as capture:
            assert capture.wh == (64, 48)
            assert capture.now_s() < IN_TIME_S
            start_s, end_s = capture.now_s(), capture.now_s() + 0.5
            seen = list(taken(capture, until=lambda c: c.now_s() > end_s))
        assert corners(seen[-1][0].image) == ["red", "green", "blue", "white"]
        assert len(seen) > 5
        assert (np.diff([frame.time_s for frame, _ in seen]) > 0).all()
        assert seen[-1][0].time_s - start_s == pytest.approx(0.5, abs=0.2)
        assert all(now_s >= frame.time_s for frame, now_s in seen)

    def test_that_breaks_off_is_connected_anew(self, monkeypatch):
        monkeypatch.setattr(camera, "REOPEN_S", 0.2)
        with network_camera([grey(4)] * 10) as url, open_capture(url) as capture:
            wait_for(lambda: capture.captured > 12)
            assert capture.lost == ""
            assert not capture.ended

    def test_that_falls_silent_is_lost_and_connected_anew_and_closes_in_time(self, monkeypatch):
        monkeypatch.setattr(feeds, "STALLED_S", 0.3)
        monkeypatch.setattr(camera, "CLOSE_S", 0.2)
        monkeypatch.setattr(feeds, "NETWORK_TIMEOUT_MS", 600)
        silence = threading.Event()
        with (
            network_camera([grey(4)] * 10, then=lambda: silence.wait(10.0)) as url,
            open_capture(url) as capture,
        ):
            wait_for(lambda: capture.lost)
            wait_for(lambda: capture.captured > 12 and not capture.lost)
            wait_for(lambda: capture.lost)
            capture.close()
            silence.set()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rtsp://10.0.0.7/live", "rtsp://10.0.0.7/live"),
        ("rtsp://ann:se@cret@10.0.0.7:554/live", "rtsp://10.0.0.7:554/live"),
        ("http://cam/video.cgi?user=ann&pwd=secret", "http://cam/video.cgi"),
        ("http://cam/v?user=a@b&pwd=secret", "http://"),
        ("rtsp://ann:sec/ret@cam/live", "rtsp://"),
    ],
)
def test_the_name_of_a_stream_hides_what_may_be_secret(url, said):
    assert redacted(url) == said
    assert open_capture(url).name == said


@pytest.fixture
def system(monkeypatch):
    """What a system says of its cameras: their numbers and names, by OpenCV's number of it."""
    listed: dict[int, Any] = {}

    def enumerated(api):
        return [SimpleNamespace(index=index, name=name) for index, name in listed.get(api, ())]

    def make(name, *numbered):
        monkeypatch.setattr("platform.system", lambda: name)
        apis = {"Linux": cv2.CAP_V4L2, "Windows": cv2.CAP_DSHOW, "Darwin": cv2.CAP_AVFOUNDATION}
        listed[apis[name]] = numbered

    monkeypatch.setattr("cv2_enumerate_cameras.enumerate_cameras", enumerated)
    return make


class TestListOfCameras:
    def test_has_those_that_are_there_and_busy_and_not_their_metadata(self, tmp_path, system):
        system("Linux", (100, "Desk"), (95, "Lid"), (94, "Lid"))
        nodes, devices = tmp_path / "sys", tmp_path / "dev"
        devices.mkdir()
        for index, order in ((94, 0), (95, 1), (100, 0)):
            (nodes / f"video{index}").mkdir(parents=True)
            (nodes / f"video{index}" / "index").write_text(f"{order}\n")
            (devices / f"video{index}").touch()
        listed = cameras(nodes, devices)
        assert [(c.index, c.name, c.wh, c.fps) for c in listed] == [
            (94, "Lid", (0, 0), 0.0),
            (100, "Desk", (0, 0), 0.0),
        ]
        assert all("in use by another program" in c.fault for c in listed)

    def test_is_empty_where_the_system_lists_none(self, tmp_path, system):
        system("Linux")
        assert cameras(tmp_path / "none") == []

    @pytest.mark.parametrize("name", ["Linux", "Windows", "Darwin"])
    def test_has_names_on_every_system_and_tries_no_other_numbers(
        self, name, tmp_path, system, monkeypatch
    ):
        looked_at = []

        class Camera(Hardware):
            wh = (640, 480)

            def __init__(self, index, _):
                super().__init__()
                looked_at.append(index)
                self.is_there = index != 2

        system(name, (2, "Desk"), (0, "Lid"))
        monkeypatch.setattr("backstretch.vision.feeds.CameraFeed", Camera)
        listed = [(c.index, c.name, c.wh, c.fps, bool(c.fault)) for c in cameras(tmp_path)]
        assert listed == [(0, "Lid", (640, 480), 30.0, False), (2, "Desk", (0, 0), 0.0, True)]
        assert looked_at == [0, 2]

    @pytest.mark.skipif(sys.platform != "linux", reason="the list of Linux")
    def test_comes_from_the_nodes_of_linux(self, tmp_path, monkeypatch):
        monkeypatch.setattr("glob.glob", lambda _: ["/dev/video994", "/dev/video993"])
        listed = [(c.index, c.name) for c in cameras(tmp_path, tmp_path)]
        assert listed == [(993, "video993"), (994, "video994")]
