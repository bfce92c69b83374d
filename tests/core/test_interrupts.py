"""Interrupts on the grader's side: held back, ignored, or the end of a block."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from grader.core.interrupts import hold_interrupts, until_interrupted


def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    reached = []

    def interrupted() -> None:
        with hold_interrupts():
            os.kill(os.getpid(), signal.SIGINT)
            reached.append(True)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert reached


def test_an_interrupt_that_another_thread_takes_waits_as_well() -> None:
    """A process's signal goes to any thread that does not block it; xdist's workers have one."""
    reached = []
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()

    def interrupted() -> None:
        with hold_interrupts():
            assert other.ident is not None
            signal.pthread_kill(other.ident, signal.SIGINT)
            time.sleep(0.2)
            reached.append(True)

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    finally:
        over.set()
        other.join()
    assert reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_block_ends_at_an_interrupt_and_says_so() -> None:
    reached = False
    with until_interrupted() as interruption:
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert interruption.came
    assert not reached
    with until_interrupted() as interruption:
        reached = True
    assert not interruption.came
    assert reached


def test_who_ignores_interrupts_hands_that_down_to_nobody() -> None:
    program = """
import os, signal, subprocess, sys
from grader.core.interrupts import ignore_interrupts
ignore_interrupts()
os.kill(os.getpid(), signal.SIGINT)
child = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
subprocess.run([sys.executable, "-c", child], check=True)
"""
    with hold_interrupts():
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
    assert done.stdout == "True\n"
