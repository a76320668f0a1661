"""Reading ahead: the same items in order, errors where they came, an end when nobody wants more."""

import threading
import time

import pytest

from backstretch.vision.pictures import ReadAhead


def test_gives_what_it_is_given_in_order():
    with ReadAhead(range(1000), 3) as ahead:
        assert list(ahead) == list(range(1000))


def test_reads_ahead_but_not_further_than_allowed():
    made = []

    def items():
        for number in range(100):
            made.append(number)
            yield number

    with ReadAhead(items(), 4) as ahead:
        deadline = time.monotonic() + 5.0
        while len(made) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        assert len(made) == 5  # four that wait, and one in hand
        assert next(iter(ahead)) == 0


def test_an_error_is_raised_where_it_came():
    def items():
        yield 1
        raise ValueError("torn")

    with ReadAhead(items(), 4) as ahead:
        each = iter(ahead)
        assert next(each) == 1
        with pytest.raises(ValueError, match="torn"):
            next(each)


def test_nothing_goes_on_when_nobody_wants_more():
    before = threading.active_count()
    with ReadAhead(iter(int, 1), 2) as ahead:  # without an end
        assert next(iter(ahead)) == 0
    assert threading.active_count() == before
