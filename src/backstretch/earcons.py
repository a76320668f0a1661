"""Earcons: short, calm sounds that tell a person with closed eyes what the coach sees."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""(n,) mono, each within -1..1."""

RATE = 44_100
"""Samples per second; every audio output takes this one."""
PEAK, BREATH_PEAK = 0.35, 0.1
"""Loudest samples. Below full volume so that speech stays the loudest thing; a breath, which comes
every few seconds, is felt more than heard."""
ATTACK_S, RELEASE_S = 0.02, 0.08
"""How long a note fades in and out; below about 5 ms the ear hears a click."""
RINGS_S = 0.22
"""A struck note falls to a third in this time, as a wooden bar does."""
OVERTONES = (1.0, 0.25, 0.08)
"""How loud the tone and its overtones are: enough for a laptop's loudspeaker, which hardly carries
the lowest notes themselves."""
BREATH_S = 1.0
BREATH_FADE_S = 0.35
LOW_BREATH_HZ, HIGH_BREATH_HZ = 220.0, 330.0

D4_HZ, G4_HZ, C5_HZ, E5_HZ, G5_HZ = 293.66, 392.0, 523.25, 659.26, 783.99
"""Equal temperament on A4 = 440 Hz. C and G, a fifth apart, are hard to take for one another."""

Note = tuple[float, float, float]
"""When it starts (s), how high it is (Hz), and how long it lasts (s)."""


class Earcon(StrEnum):
    """What a sound says."""

    IN = "in"
    """The pose is right: the hold counts."""
    OUT = "out"
    """The pose is left: the hold pauses."""
    UNSEEN = "unseen"
    """The camera does not see enough."""
    DONE = "done"
    """A hold or a stretch is complete."""
    BREATHE_IN = "breathe_in"
    BREATHE_OUT = "breathe_out"


NOTES: dict[Earcon, tuple[Note, ...]] = {
    Earcon.IN: ((0.0, C5_HZ, 0.25), (0.16, G5_HZ, 0.4)),
    Earcon.OUT: ((0.0, G5_HZ, 0.25), (0.16, C5_HZ, 0.4)),
    Earcon.UNSEEN: ((0.0, D4_HZ, 0.3), (0.36, D4_HZ, 0.3)),
    Earcon.DONE: ((0.0, G4_HZ, 1.1), (0.14, C5_HZ, 0.96), (0.28, E5_HZ, 0.82)),
}
GLIDES_HZ: dict[Earcon, tuple[float, float]] = {
    Earcon.BREATHE_IN: (LOW_BREATH_HZ, HIGH_BREATH_HZ),
    Earcon.BREATHE_OUT: (HIGH_BREATH_HZ, LOW_BREATH_HZ),
}


@cache
def tone(earcon: Earcon) -> Samples:
    """Samples of an earcon at `RATE`, shorter than 1.2 s; shared, hence not writable."""
    if earcon in NOTES:
        samples = _scaled(_melody(NOTES[earcon]), PEAK)
    else:
        samples = _scaled(_glide(*GLIDES_HZ[earcon]), BREATH_PEAK)
    samples.setflags(write=False)
    return samples


def _scaled(wave: NDArray[np.float64], peak: float) -> Samples:
    gain = peak / float(np.abs(wave).max())
    return np.multiply(wave, gain).astype(np.float32)


def _melody(notes: Sequence[Note]) -> NDArray[np.float64]:
    ends_s = max(start_s + length_s for start_s, _, length_s in notes)
    wave = np.zeros(round(ends_s * RATE))
    for start_s, pitch_hz, length_s in notes:
        first = round(start_s * RATE)
        struck = _struck(pitch_hz, length_s)[: len(wave) - first]
        wave[first : first + len(struck)] += struck
    return wave


def _struck(pitch_hz: float, length_s: float) -> NDArray[np.float64]:
    """One note that rings and dies away."""
    time_s = np.arange(round(length_s * RATE)) / RATE
    turns = pitch_hz * time_s
    wave = _voiced(turns) * np.exp(-time_s / RINGS_S)
    return wave * _fades(len(wave), ATTACK_S, RELEASE_S)


def _glide(from_hz: float, to_hz: float) -> NDArray[np.float64]:
    """A tone that slides from one pitch to another."""
    pitch_hz = np.geomspace(from_hz, to_hz, round(BREATH_S * RATE))
    wave = _voiced(np.cumsum(pitch_hz) / RATE)
    return wave * _fades(len(wave), BREATH_FADE_S, BREATH_FADE_S)


def _voiced(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """A tone with its overtones, at phases given in turns."""
    wave = np.zeros_like(turns)
    for nth, loud in enumerate(OVERTONES, start=1):
        wave += loud * np.sin(2 * np.pi * nth * turns)
    return wave


def _fades(count: int, in_s: float, out_s: float) -> NDArray[np.float64]:
    """Gains (count,) from 0 to 1 and back to 0, along the squares of sines."""
    nth = np.arange(count)
    rising = np.clip(nth / (in_s * RATE), 0.0, 1.0)
    falling = np.clip((count - 1 - nth) / (out_s * RATE), 0.0, 1.0)
    gains: NDArray[np.float64] = np.sin(np.pi / 2 * rising) * np.sin(np.pi / 2 * falling)
    return gains**2
