"""Work on a fresh stack behaves like work: results, exceptions, interruption, any depth."""

import sys
import threading

import pytest

from state.interrupts import clear_flag, raise_in
from state.stacks import FRAMES_PER_STACK, needs_fresh_stack, on_fresh_stack


class InterruptedReadError(BaseException):
    """What a watch raises in a thread whose time is over."""


def test_result_and_exception_come_back():
    assert on_fresh_stack(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        on_fresh_stack(lambda: 1 // 0)


def test_work_runs_in_another_thread():
    assert on_fresh_stack(threading.get_ident) != threading.get_ident()


def test_depths_take_turns():
    fresh = [depth for depth in range(100) if needs_fresh_stack(depth)]
    assert fresh == [FRAMES_PER_STACK, 2 * FRAMES_PER_STACK, 3 * FRAMES_PER_STACK]


def test_interruption_of_the_waiting_thread_ends_the_working_one():
    """Otherwise a call could outlive its time limit by calling itself 32 times before it loops."""
    has_begun, outcomes = threading.Event(), []

    def loop():
        has_begun.set()
        while True:
            pass

    def read():
        try:
            on_fresh_stack(lambda: on_fresh_stack(loop))
        except InterruptedReadError:
            outcomes.append("interrupted")

    reader = threading.Thread(target=read)
    reader.start()
    assert has_begun.wait(10)
    raise_in(reader.ident, InterruptedReadError)
    reader.join(10)
    assert outcomes == ["interrupted"]
    assert not [t for t in threading.enumerate() if t.name == "deep call"]


def test_flag_of_a_lost_exception_is_cleared():
    """With the flag set, a traced call never begins: the interpreter looks for work for ever."""
    thread = threading.Thread(target=lambda: None)
    thread.start()
    raise_in(thread.ident, InterruptedReadError)
    thread.join()
    clear_flag()
    calls = []

    def traced():
        """Do nothing."""

    sys.settrace(lambda frame, *_: calls.append(frame.f_code.co_name))
    try:
        traced()
    finally:
        sys.settrace(None)
    assert "traced" in calls
