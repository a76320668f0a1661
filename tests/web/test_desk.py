"""The desk: one order at a time, on the thread that runs it."""

import time
from contextlib import contextmanager
from threading import Event, Thread, current_thread, get_ident

import pytest

from backstretch.web.desk import Desk

IN_TIME_S = 20.0


class CloseError(Exception):
    """Ends a desk that runs in a test."""


def close():
    raise CloseError


@contextmanager
def running(desk):
    """The desk at work in a thread of its own, which has ended at the end."""

    def work():
        with pytest.raises(CloseError):
            desk.run()

    thread = Thread(target=work, name="desk")
    thread.start()
    yield
    end_s = time.perf_counter() + IN_TIME_S
    while not desk.take(close):
        assert time.perf_counter() < end_s
        time.sleep(0.005)
    thread.join(IN_TIME_S)
    assert not thread.is_alive()


def wait_until_free(desk):
    end_s = time.perf_counter() + IN_TIME_S
    while desk.is_busy:
        assert time.perf_counter() < end_s, "the desk stays busy"
        time.sleep(0.005)


def test_an_order_is_carried_out_on_the_thread_that_runs_the_desk():
    desk, names = Desk(), []
    with running(desk):
        assert desk.take(lambda: names.append(current_thread().name))
        wait_until_free(desk)
    assert names == ["desk"]


def test_a_desk_is_busy_from_the_order_to_its_end_and_takes_no_other():
    desk, begun, go_on, carried_out = Desk(), Event(), Event(), []

    def order():
        begun.set()
        assert go_on.wait(IN_TIME_S)
        carried_out.append("first")

    assert desk.take(order)
    assert not desk.take(lambda: carried_out.append("too early"))
    with running(desk):
        assert begun.wait(IN_TIME_S)
        assert desk.is_busy
        assert not desk.take(lambda: carried_out.append("too early as well"))
        go_on.set()
        wait_until_free(desk)
        assert desk.take(lambda: carried_out.append("second"))
        wait_until_free(desk)
    assert carried_out == ["first", "second"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_desk_is_free_again_after_an_order_that_raised(error):
    desk = Desk()

    def order():
        raise error

    assert desk.take(order)
    with pytest.raises(error):
        desk.run()
    assert not desk.is_busy
    assert desk.take(close)
    with pytest.raises(CloseError):
        desk.run()


def test_of_many_who_ask_at_once_one_is_taken():
    desk, go, taken = Desk(), Event(), []

    def ask():
        assert go.wait(IN_TIME_S)
        if desk.take(lambda: None):
            taken.append(get_ident())

    threads = [Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(IN_TIME_S)
    assert len(taken) == 1
