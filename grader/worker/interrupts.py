"""Interrupts stop the learner's code of one cell, and touch nothing else.

Outside a cell's code runs the kernel itself: an interrupt there would end it, or be taken for one
of the next question. The grader names the cell that it wants stopped; an interrupt that comes when
this cell is over is nobody's. Learner code shares this process and may change all of it: it then
stops being stopped, and the grader ends it by force.
"""

import signal
from types import FrameType

_running = ""
# The cell that an interrupt on its way is for, and one that is to be stopped before it began.
_wanted = ""
_held = ""


def listen() -> None:
    """Take interrupts from now on; they do nothing until a cell begins.

    A process inherits deafness, ignored or blocked, from whoever started the grader in the
    background. Call it from the main thread.
    """
    signal.signal(signal.SIGINT, _arrived)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def begin(cell: str) -> None:
    """From now on interrupts are for the code of `cell`.

    Raises KeyboardInterrupt when it was to be stopped already.
    """
    global _running, _held  # noqa: PLW0603 - a process has one handler of a signal
    _running = cell
    if _held == cell:
        _held = ""
        raise KeyboardInterrupt


def end() -> None:
    """The cell's code is over; interrupts do nothing."""
    global _running  # noqa: PLW0603
    _running = ""


def want(cell: str) -> bool:
    """Note that `cell` is to be stopped; whether its code runs now, and needs an interrupt."""
    global _wanted, _held  # noqa: PLW0603
    if cell != _running:
        _held = cell
        return False
    _wanted = cell
    return True


def is_for_now() -> bool:
    """Whether the interrupt that has arrived is for the code that runs; asked once for each.

    One that nobody announced, such as the code's own, is for whatever runs.
    """
    global _wanted
    wanted, _wanted = _wanted, ""
    return bool(_running) and wanted in {"", _running}


def _arrived(_number: int, _frame: FrameType | None) -> None:
    if is_for_now():
        raise KeyboardInterrupt
