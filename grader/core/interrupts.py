"""Interrupts (SIGINT) on the grader's side, and what the worker's and the lab's modules share.

A terminal sends Ctrl-C to every process of its foreground group. The process that a person started
handles it; those that it starts are started inside `hold_interrupts` and call `ignore_interrupts`.
`grader.worker.interrupts` stops learner code, `grader.lab.interrupts` is the notebook's ■;
docs/processes.md has the table. No other module handles the signal.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Block SIGINT in this thread, and in the processes and threads started inside the block.

    One that comes meanwhile is raised at the end of the block, also when the system gave it to
    another thread: Python runs handlers in the main thread, whichever took the signal.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where nothing is graded
        yield
        return
    came: list[int] = []
    try:
        with _note_interrupts(came):
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                yield
            finally:
                # what waits for this thread alone is delivered now, and noted like the others
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
    finally:
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _note_interrupts(came: list[int]) -> Iterator[None]:
    """Note interrupts in `came` instead of handling them; outside the main thread do nothing.

    A Python handler is not inherited by a program that is started, as SIG_IGN would be.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if handler is None else handler)


def ignore_interrupts() -> None:
    """Make SIGINT do nothing in this process, and leave it at its default for its children.

    Children inherit a signal that is blocked or ignored (SIG_IGN), but no handler: learner code
    must not inherit either, because it is stopped by SIGINT.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@dataclass
class Interruption:
    """Whether the block of `until_interrupted` was ended by an interrupt."""

    came: bool = False


@contextmanager
def until_interrupted() -> Iterator[Interruption]:
    """Run the block until it ends or is interrupted; execution goes on behind it in both cases."""
    interruption = Interruption()
    try:
        yield interruption
    except KeyboardInterrupt:
        interruption.came = True
