"""Interrupts (SIGINT) in the worker: they stop the learner's code of one cell, and nothing else.

Outside a cell's code runs the kernel itself: an interrupt there would end it, or be taken for one
of the next question. The grader names the cell that it wants stopped; an interrupt that comes when
this cell is over does nothing. Learner code shares this process and may change all of this; then it
cannot be interrupted any more, and the grader kills it.
"""

import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

_running = ""
# The cell that an interrupt on its way is for, and one that is to be stopped before it began.
_wanted = ""
_held = ""


def listen() -> None:
    """Handle SIGINT from now on; it does nothing until a cell begins. Call it in the main thread.

    A process inherits an ignored or blocked SIGINT from whoever started the grader in the
    background.
    """
    signal.signal(signal.SIGINT, _arrived)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def ignore() -> None:
    """Ignore SIGINT in this process and in all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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


async def run_cell(cell: str, run: Callable[[], Awaitable[T]], stopped: T) -> T:
    """Await `run()` as the code of `cell`; `stopped` when an interrupt reached none of its code."""
    try:
        begin(cell)
        done = await run()
        end()
    except KeyboardInterrupt:
        end()
        return stopped
    return done


def want(cell: str) -> bool:
    """Note that `cell` is to be stopped; whether its code runs now, and needs a signal."""
    global _wanted, _held  # noqa: PLW0603
    if cell != _running:
        _held = cell
        return False
    _wanted = cell
    return True


class InterruptGate:
    """A block in which interrupts reach the code that `call` runs, and nothing around it.

    Those that come around it are raised by the next `call`, or at the end of the block.
    """

    def __init__(self) -> None:
        self._open = False
        self._late = False
        self._before: Any = None
        # Python runs signal handlers in the main thread alone.
        self._guards = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        if self._guards:
            self._before = signal.signal(signal.SIGINT, self._arrived)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._guards:
            signal.signal(signal.SIGINT, self._before)
        if self._late and error is None:
            raise KeyboardInterrupt

    def call(self, run: Callable[[], T], interrupted: Callable[[BaseException], T]) -> T:
        """`run()`; after an interrupt during it, or before it, `interrupted(error)` instead."""
        try:
            self._open = True
            if self._late:
                self._late = False
                raise KeyboardInterrupt  # noqa: TRY301 - it is the same interrupt, only later
            made = run()
            self._open = False
        except KeyboardInterrupt as error:
            self._open = False
            return interrupted(error)
        return made

    def _arrived(self, _number: int, _frame: FrameType | None) -> None:
        if not _is_for_now():
            return
        if self._open:
            raise KeyboardInterrupt
        self._late = True


def _is_for_now() -> bool:
    """Whether the interrupt that has arrived is for the code that runs; asked once for each.

    One that nobody announced, such as the code's own, is for whatever runs.
    """
    global _wanted
    wanted, _wanted = _wanted, ""
    return bool(_running) and wanted in {"", _running}


def _arrived(_number: int, _frame: FrameType | None) -> None:
    if _is_for_now():
        raise KeyboardInterrupt
