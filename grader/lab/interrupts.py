"""Interrupts in a notebook: the learner's ■ sends SIGINT, and Python raises KeyboardInterrupt.

In a graded run `grader.worker.interrupts` decides what an interrupt is for.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from grader.core.interrupts import Interruption
from grader.wire import grad_mode


@contextlib.contextmanager
def until_stopped(unless: Callable[[], bool] = lambda: False) -> Iterator[Interruption]:
    """Run the block until it ends or ■ is pressed; where `unless()` is true ■ is raised again.

    Either way torch records gradients again afterwards.
    """
    interruption = Interruption()
    try:
        yield interruption
    except KeyboardInterrupt:
        grad_mode.switch_on()
        if unless():
            raise
        interruption.came = True


@contextlib.contextmanager
def raised_while_idle() -> Iterator[None]:
    """Raise ■ inside the block though no cell runs: an idle kernel ignores it.

    In another thread than the main one, where no signal arrives, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _handler(signal.default_int_handler):
        yield


@contextlib.contextmanager
def noticed() -> Iterator[list[bool]]:
    """A list that gets an entry when ■ is pressed inside the block; the interrupt itself goes on.

    In another thread than the main one it stays empty.
    """
    pressed: list[bool] = []

    def notice(number: int, frame: FrameType | None) -> None:
        pressed.append(True)
        signal.default_int_handler(number, frame)

    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    with _handler(notice):
        yield pressed


def stop() -> NoReturn:
    """End the check or training that runs, as ■ does."""
    raise KeyboardInterrupt


@contextlib.contextmanager
def _handler(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
