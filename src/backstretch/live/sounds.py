"""Earcons: short, calm sounds that tell a person with closed eyes what the coach sees."""

import wave
from functools import cache
from importlib import resources
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstretch.coaching.scene import Earcon
from backstretch.errors import Notice, NoticeKind
from backstretch.files import silent_stderr

LATE_SOUND_S = 1.0
"""An earcon later than this is not played: it would be taken for the next moment's."""
Samples = NDArray[np.float32]
"""(n,) mono, each within -1..1."""
RATE = 44_100
"""Samples per second of the sound files; every audio output supports it."""
FULL_SCALE = 32_768
"""Largest magnitude of a 16-bit sample in a sound file."""


class _Mixer:
    """Adds up the earcons that sound at the same time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tails: list[Samples] = []

    def add(self, samples: Samples) -> None:
        with self._lock:
            self._tails.append(samples)

    def clear(self) -> None:
        with self._lock:
            self._tails.clear()

    def fill(self, out: NDArray[np.float32], *_: object) -> None:
        """Fill ``out``, (n, 1), with the next n samples; PortAudio calls this in its own thread."""
        out[:] = 0.0
        with self._lock:
            for tail in self._tails:
                part = tail[: len(out)]
                out[: len(part), 0] += part
            self._tails = [tail[len(out) :] for tail in self._tails if len(tail) > len(out)]
        np.clip(out, -1.0, 1.0, out=out)


class _Sounds:
    """Plays earcons; opens the audio output in its own thread, at the first earcon.

    The output then stays open: wireless headphones need a second to wake up, and would swallow
    every earcon.
    """

    def __init__(self) -> None:
        self.notice: Notice | None = None
        self._queue: SimpleQueue[tuple[float, Earcon] | None] = SimpleQueue()
        self._mixer = _Mixer()
        self._void_until_s = 0.0
        self._is_over = False
        self.thread = Thread(target=self._run, name="earcons", daemon=True)
        self.thread.start()

    def play(self, earcon: Earcon) -> None:
        if not self._is_over:
            self._queue.put((monotonic(), earcon))

    def stop(self) -> None:
        self._void_until_s = monotonic()
        self._mixer.clear()

    def end(self) -> None:
        self._is_over = True
        self._queue.put(None)

    def _run(self) -> None:
        stream = None
        while (item := self._queue.get()) and not self._is_over:
            queued_s, earcon = item
            stream = self._open_stream(stream)
            if queued_s > max(self._void_until_s, monotonic() - LATE_SOUND_S):
                self._mixer.add(tone(earcon))
        if stream:
            stream.close()

    def _open_stream(self, stream: Any) -> Any:
        """The audio output, opened if it is not active; None, and a notice, if that fails."""
        try:
            # Takes half a second, hence in this thread. It keeps PortAudio's messages off stderr.
            import sounddevice  # type: ignore[import-untyped]
        except (ImportError, OSError) as error:
            is_missing = isinstance(error, ImportError)
            kind = NoticeKind.NO_SOUND_PACKAGE if is_missing else NoticeKind.NO_SOUND_LIBRARY
            return self._give_up(Notice(kind))
        try:
            if stream and stream.active:
                return stream
            with silent_stderr():  # of what the system's sound library writes there
                stream = sounddevice.OutputStream(RATE, channels=1, callback=self._mixer.fill)
                stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            return self._give_up(Notice(NoticeKind.NO_AUDIO_OUTPUT, {"error": str(error)}))
        return stream

    def _give_up(self, notice: Notice) -> None:
        self.notice = notice
        self._is_over = True


@cache
def tone(earcon: Earcon) -> Samples:
    """Samples of an earcon at `RATE`, shorter than 1.2 s; shared, hence not writable."""
    path = resources.files("backstretch") / "sounds" / f"{earcon}.wav"
    with path.open("rb") as file, wave.open(file) as sound:
        pcm = sound.readframes(sound.getnframes())
    samples = (np.frombuffer(pcm, "<i2") / FULL_SCALE).astype(np.float32)
    samples.setflags(write=False)
    return samples
