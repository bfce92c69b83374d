"""Interrupts (SIGINT) on the grader's side, and what the worker's and the lab's modules share.

A terminal sends Ctrl-C to every process of its foreground group. The process that a person started
handles it; those that it starts are started inside `hold_interrupts` and call `ignore_interrupts`.
`grader.worker.interrupts` stops learner code, `grader.lab.interrupts` is the notebook's ■;
docs/processes.md has the table. No other module handles the signal.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Block SIGINT in this thread, and in the processes and threads started inside the block.

    One that comes meanwhile is delivered to this thread at the end of the block.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where nothing is graded
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
