"""Waiting for a processor: what the machine withheld counts, what a submission withheld itself not.

Threads are simulated: each look says what they have run and waited by then.
"""

import pytest

from grader.classroom.engine.time_limits import CpuWaitClock
from grader.classroom.sandbox.resource_usage import ThreadTimes

LOOK = 0.3


def late(threads: int, seconds: float, *shares: tuple[float, float]) -> float:
    """How late a cell may be after `seconds` in which each thread ran and waited so much of it."""
    patience = CpuWaitClock(0.0, threads)
    patience.look(0.0, {})
    looks = int(seconds / LOOK)
    for look in range(1, looks + 1):
        now = look * LOOK
        turns = {n: ThreadTimes(ran * now, waited * now) for n, (ran, waited) in enumerate(shares)}
        patience.look(now, turns)
    return patience.late(looks * LOOK)


def test_one_thread_that_others_keep_waiting_loses_nothing() -> None:
    assert late(1, 9.0, (0.25, 0.75)) == pytest.approx(6.75)
    assert late(1, 9.0, (1.0, 0.0)) == 0.0


def test_two_threads_that_are_due_two_processors_lose_nothing_either() -> None:
    """On a machine that gives them one in all, each runs half of the time."""
    assert late(2, 9.0, (0.5, 0.5), (0.5, 0.5)) == pytest.approx(4.5)


def test_a_thread_that_sleeps_beside_one_that_waits_changes_nothing() -> None:
    assert late(1, 9.0, (0.25, 0.75), (0.0, 0.0), (0.001, 0.0)) == pytest.approx(6.75, rel=0.01)


@pytest.mark.parametrize("processors", [1, 2, 8])
def test_a_crowd_of_its_own_buys_nothing(processors: int) -> None:
    """Twenty threads on an idle machine, with however many processors."""
    share = processors / 20
    assert late(1, 9.0, *[(share, 1 - share)] * 20) == pytest.approx(0.0, abs=1e-6)


def test_a_crowd_whose_running_no_look_sees_buys_little() -> None:
    """They come and go between two looks, and only one in four is there at each."""
    patience = CpuWaitClock(0.0, 1)
    patience.look(0.0, {0: ThreadTimes(0.0, 0.0)})
    for look in range(1, 31):
        now = look * LOOK
        brief = {1000 * look + n: ThreadTimes(0.01, 0.2) for n in range(5)}
        patience.look(now, {0: ThreadTimes(0.1 * now, 0.9 * now), **brief})
    assert patience.late(9.0) < 3.0


def test_a_crowd_beside_which_others_take_all_is_given_no_more_than_a_crowds_part() -> None:
    assert late(1, 9.0, *[(0.01, 0.99)] * 20) < 0.6
