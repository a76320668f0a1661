"""The window: shows a live session and its summary, and reads keys."""

import os
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep
from types import TracebackType
from typing import Self

from backstretch.display.pictures.canvas import Picture
from backstretch.display.pictures.live_view import LiveState, LiveView
from backstretch.display.pictures.summary_view import Ending, draw_summary
from backstretch.errors import SetupError
from backstretch.judging.result import Result
from backstretch.live.loop import KEYS, Live
from backstretch.live.speech import Voice

NAME = "backstretch"
START_WH = (1280, 720)
ESCAPE, LAST_KEY = 27, 0x7F
PRESS = " "
"""What a click of the mouse and the keys of a presenter count as: a pause, and its end."""
PRESENTER = {65365, 65366, 65474, 0x210000, 0x220000, 0x740000, 63276, 63277, 63240}
"""Page up, page down and F5, as X11, Windows and macOS number them."""
KEY_WAIT_MS = 15
"""How long to wait for a key; the window handles its events meanwhile."""
MUTE, FULL = "m", "f"
LEAST_BETWEEN_S = 1.0 / 30.0
"""Least time between two drawings: the model needs the processor more."""
REPORT_KEY = "r"
"""Opens the report while the summary is shown; any other key closes it."""
SUMMARY_EVERY_S = 0.05
LAST_S = 4.0
"""How long the last words of guided takes can be read."""


class Window:
    """One window; a context manager. Must be used by the main thread only.

    Args:
        wh: Its width and height while it does not fill the screen.
        full: Whether it fills the screen at first.

    Raises:
        SetupError: There is no screen.
    """

    def __init__(self, wh: tuple[int, int] = START_WH, *, full: bool = True) -> None:
        if not has_screen():
            raise SetupError("there is no screen to open a window on; use --no-window")
        import cv2  # heavy; loaded only when something is shown

        self._cv = cv2
        self._is_full = False
        cv2.namedWindow(NAME, cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL | cv2.WINDOW_FREERATIO)
        cv2.resizeWindow(NAME, *wh)
        self._wh, self._clicks = wh, 0
        cv2.setMouseCallback(NAME, self._on_mouse)
        if full:
            self.toggle_full()

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height of the drawing area, in pixels."""
        with suppress(self._cv.error):  # closed meanwhile
            _, _, width, height = self._cv.getWindowImageRect(NAME)
            if width > 0 and height > 0:
                self._wh = (width, height)
        return self._wh

    @property
    def closed(self) -> bool:
        """Whether the person has closed it."""
        try:
            return self._cv.getWindowProperty(NAME, self._cv.WND_PROP_VISIBLE) < 1
        except self._cv.error:  # Qt raises it for a window that the person has closed
            return True

    def show(self, picture: Picture) -> str:
        """Show a picture; return the key that was pressed, ``esc``, or `PRESS`; empty for none."""
        self._cv.imshow(NAME, self._cv.cvtColor(picture, self._cv.COLOR_RGB2BGR))
        code = self._cv.waitKeyEx(KEY_WAIT_MS)  # with waitKey the left arrow would be a q
        if self._clicks or code in PRESENTER:
            self._clicks = 0
            return PRESS
        if code == ESCAPE:
            return "esc"
        return chr(code).lower() if 0 < code < LAST_KEY else ""

    def _on_mouse(self, event: int, *_: object) -> None:
        pressed = {self._cv.EVENT_LBUTTONDOWN, self._cv.EVENT_RBUTTONDOWN}
        self._clicks += event in pressed

    def toggle_full(self) -> None:
        """Switch between full screen and a window."""
        self._is_full = not self._is_full
        way = self._cv.WINDOW_FULLSCREEN if self._is_full else self._cv.WINDOW_NORMAL
        with suppress(self._cv.error):
            self._cv.setWindowProperty(NAME, self._cv.WND_PROP_FULLSCREEN, way)

    def leave_full(self) -> None:
        """Be a window, so that others can be seen."""
        if self._is_full:
            self.toggle_full()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cv.destroyAllWindows()


class WindowShow:
    """Shows a session in a window, and takes its keys.

    Args:
        window: The window.
        voice: What the mute key mutes.
        tick: Called at each drawing.
    """

    def __init__(self, window: Window, voice: Voice, tick: Callable[[], None]) -> None:
        self._window, self._voice, self._tick = window, voice, tick
        self._view = LiveView()

    def run(self, live: Live) -> None:
        """Show until the session is over or the window was closed."""
        while not live.over:
            began_s = perf_counter()
            picture = self._view.draw(live.state, self._window.wh, muted=self._voice.muted)
            key = self._window.show(picture)
            if self._window.closed:
                return
            if key in KEYS:
                live.command(KEYS[key])
            elif key == MUTE:
                self._voice.muted = not self._voice.muted
            elif key == FULL:
                self._window.toggle_full()
            self._tick()
            live.wait(max(0.0, LEAST_BETWEEN_S - (perf_counter() - began_s)))

    def linger(self, state: LiveState, seconds: float) -> None:
        """Show one last state for this long and `LAST_S` at least, or until a key is pressed."""
        ends_s = perf_counter() + max(seconds, LAST_S)
        while not self._window.closed and perf_counter() < ends_s:
            picture = self._view.draw(state, self._window.wh, muted=self._voice.muted)
            if self._window.show(picture):
                return
            sleep(SUMMARY_EVERY_S)

    def summary(self, result: Result, ending: Ending) -> None:
        """Show the result until a key is pressed; `REPORT_KEY` opens the report."""
        wh, picture = (0, 0), None
        while not self._window.closed:
            if picture is None or wh != self._window.wh:
                wh = self._window.wh
                picture = draw_summary(result, wh, ending)
            key = self._window.show(picture)
            if key == REPORT_KEY and ending.report is not None:
                self._window.leave_full()
                webbrowser.open(ending.report.absolute().as_uri())
            elif key == FULL:
                self._window.toggle_full()
            elif key:
                return
            sleep(SUMMARY_EVERY_S)


def has_screen(environment: dict[str, str] | None = None) -> bool:
    """Whether a window can be opened: a library that finds no screen ends the whole program."""
    if not sys.platform.startswith("linux"):
        return True
    names = dict(os.environ) if environment is None else environment
    display = names.get("DISPLAY", "")
    if not display.startswith(":"):
        return bool(display)  # another machine's screen; or none
    number = display[1:].partition(".")[0]
    return Path(f"/tmp/.X11-unix/X{number}").exists()  # noqa: S108 - where X keeps its sockets
