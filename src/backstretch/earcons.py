"""Earcons: short, calm sounds that tell a person with closed eyes what the coach sees."""

import wave
from enum import StrEnum
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""(n,) mono, each within -1..1."""

RATE = 44_100
"""Samples per second of the sound files; every audio output takes this one."""
FULL_SCALE = 32_768
"""Of the 16 bits of a sample in a sound file."""


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


@cache
def tone(earcon: Earcon) -> Samples:
    """Samples of an earcon at `RATE`, shorter than 1.2 s; shared, hence not writable."""
    path = resources.files("backstretch") / "sounds" / f"{earcon}.wav"
    with path.open("rb") as file, wave.open(file) as sound:
        pcm = sound.readframes(sound.getnframes())
    samples = (np.frombuffer(pcm, "<i2") / FULL_SCALE).astype(np.float32)
    samples.setflags(write=False)
    return samples
