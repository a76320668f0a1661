"""Earcons: told apart with eyes closed, gentle, and short."""

from itertools import combinations

import numpy as np
import pytest

from backstretch.coaching.scene import Earcon
from backstretch.live.sounds import RATE, tone

D4_HZ = 293.66
BREATHS = (Earcon.BREATHE_IN, Earcon.BREATHE_OUT)
NEAR_HZ = 8.0
"""How finely a quarter of a second tells pitches apart."""


def pitch_hz(samples):
    """The strongest tone, of a slow and plain spectrum."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), n=RATE))
    return float(np.argmax(spectrum))


def first_and_last_hz(earcon):
    """Pitch before the second note starts, and of the end."""
    samples = tone(earcon)
    return pitch_hz(samples[: int(0.15 * RATE)]), pitch_hz(samples[-int(0.3 * RATE) :])


@pytest.mark.parametrize("earcon", Earcon)
class TestEveryEarcon:
    def test_is_a_line_of_mono_samples(self, earcon):
        assert (str(tone(earcon).dtype), tone(earcon).ndim) == ("float32", 1)

    def test_is_short(self, earcon):
        assert 0.3 < len(tone(earcon)) / RATE < 1.2

    def test_is_never_loud(self, earcon):
        assert 0.05 < np.abs(tone(earcon)).max() <= 0.4

    def test_starts_and_ends_in_silence(self, earcon):
        assert np.abs(tone(earcon)[[0, -1]]).max() < 1e-6

    def test_fades_in_and_out_without_a_click(self, earcon):
        edges = tone(earcon)[:44], tone(earcon)[-44:]
        assert max(np.abs(edge).max() for edge in edges) < 0.01

    def test_has_no_jump_between_two_samples(self, earcon):
        steepest = 2 * np.pi * 900 / RATE * 0.4 * 1.5
        assert np.abs(np.diff(tone(earcon))).max() < steepest

    def test_is_made_once(self, earcon):
        assert tone(earcon) is tone(earcon)

    def test_cannot_be_spoilt_by_who_plays_it(self, earcon):
        with pytest.raises(ValueError, match="read-only"):
            tone(earcon)[0] = 1.0


@pytest.mark.parametrize("earcon", [Earcon.IN, Earcon.DONE, Earcon.BREATHE_IN])
def test_getting_there_and_breathing_in_rise(earcon):
    first, last = first_and_last_hz(earcon)
    assert last > 1.2 * first


@pytest.mark.parametrize("earcon", [Earcon.OUT, Earcon.BREATHE_OUT])
def test_leaving_and_breathing_out_fall(earcon):
    first, last = first_and_last_hz(earcon)
    assert last < first / 1.2


def test_not_being_seen_is_one_low_note_twice():
    first, last = first_and_last_hz(Earcon.UNSEEN)
    assert (first, last) == pytest.approx((D4_HZ, D4_HZ), abs=NEAR_HZ)


def test_the_two_notes_of_not_being_seen_are_apart():
    gap = tone(Earcon.UNSEEN)[int(0.305 * RATE) : int(0.355 * RATE)]
    assert np.abs(gap).max() == 0.0


def test_a_finished_stretch_ends_in_a_chord_of_three_notes():
    samples = tone(Earcon.DONE)[int(0.35 * RATE) :]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), n=RATE))
    notes = [spectrum[round(hz) - 5 : round(hz) + 6].max() for hz in (392, 523, 659)]
    between = [spectrum[round(hz) - 5 : round(hz) + 6].max() for hz in (457, 591)]
    assert min(notes) > 3 * max(between)


@pytest.mark.parametrize("earcon", BREATHS)
def test_a_breath_is_very_quiet_and_long(earcon):
    assert np.abs(tone(earcon)).max() <= 0.12
    assert len(tone(earcon)) / RATE == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("one", "other"), list(combinations(Earcon, 2)))
def test_no_two_earcons_sound_alike(one, other):
    count = min(len(tone(one)), len(tone(other)))
    likeness = np.corrcoef(tone(one)[:count], tone(other)[:count])[0, 1]
    assert abs(likeness) < 0.5
