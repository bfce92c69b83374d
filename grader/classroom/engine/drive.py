"""Drive one kernel cell by cell: time limits, interrupts, outputs. It knows no questions."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from grader.classroom.engine import endings
from grader.classroom.engine.client import Client
from grader.classroom.engine.endings import RunEndedError
from grader.classroom.engine.outputs import KIB, Budget, Tray, clean
from grader.classroom.sandbox import Limits, RunningKernel
from grader.core.errors import SetupError
from grader.core.requests import Raised

# A fresh kernel answers within half a second; a machine that swaps may need a minute.
START_SECONDS = 60.0
POLL_SECONDS = 0.1
# Code may catch one KeyboardInterrupt, so it is asked again until its grace is over.
ASK_AGAIN_SECONDS = 1.0
# Outputs may come after the reply; a flood may have swallowed the message that ends them.
LAST_OUTPUT_SECONDS = 2.0
MAX_TEXT = 600


@dataclass(frozen=True)
class CellRun:
    """One executed cell: its outputs, how long it took, whether it was stopped, what it raised."""

    outputs: list[NotebookNode]
    seconds: float
    slow: bool
    error: Raised | None


class Driver:
    """Runs cells in `kernel`, whose death it notices but never causes, except for deaf cells."""

    def __init__(self, kernel: RunningKernel, client: Client, limits: Limits) -> None:
        self._kernel = kernel
        self._client = client
        self._limits = limits
        self._budget = Budget(limits.notebook_output_kib * KIB)

    def wait_until_ready(self) -> None:
        """Wait for the kernel's first word. Learner code has not run: failing is the machine's.

        Raises SetupError with what the process last said.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._kernel.alive():
            self._client.ask_info()
            message = self._client.receive(0.5)
            # The first output proves that outputs arrive; a reply alone does not.
            while message is not None:
                if message[0] == "iopub":
                    return
                message = self._client.receive(0.5)
        text = (
            "The Python for learner code did not start in its sandbox. It said: "
            f"{self._kernel.last_words()[-2000:] or 'nothing'}\n"
            "`grader doctor` looks for the cause."
        )
        raise SetupError(text)

    def run(self, source: str, seconds: float, when_slow: Callable[[], None]) -> CellRun:
        """Run one cell; after `seconds` call `when_slow` and interrupt it.

        Raises RunEndedError when the kernel is gone or had to be ended.
        """
        tray = Tray(self._limits.cell_output_kib * KIB, self._budget)
        talk = _Talk(self._client.execute(source), tray)
        start = time.monotonic()
        limit = _Limit(start + seconds, self._limits.grace_seconds)
        while not talk.over(time.monotonic()):
            if talk.reply is None and limit.is_due(time.monotonic()):
                if not limit.slow:
                    when_slow()
                if limit.step(time.monotonic()):
                    self._kernel.kill()
                    raise RunEndedError(endings.deaf(seconds))
                self._client.interrupt()
            received = self._client.receive(POLL_SECONDS)
            if received is not None:
                talk.take(*received)
            elif not self._kernel.alive():
                raise RunEndedError(endings.DIED)
        spent = time.monotonic() - start
        return CellRun(tray.outputs(), spent, limit.slow, _error(talk.reply))


@dataclass
class _Talk:
    """What has come back for the message `sent` so far."""

    sent: str
    tray: Tray
    reply: dict[str, Any] | None = None
    _idle: bool = False
    _end: float = 0.0

    def take(self, door: str, message: dict[str, Any]) -> None:
        """Take in a message; those of earlier cells (a thread that still prints) are dropped."""
        if message["parent_header"].get("msg_id") != self.sent:
            return
        kind, content = message["msg_type"], message["content"]
        if door == "shell" and kind == "execute_reply":
            self.reply = content
            self._end = time.monotonic() + LAST_OUTPUT_SECONDS
        elif door == "iopub":
            self._idle = self._idle or content.get("execution_state") == "idle"
            self.tray.take(kind, content)

    def over(self, now: float) -> bool:
        """Whether the cell has ended and its outputs have come, or had time to."""
        return self.reply is not None and (self._idle or now >= self._end)


@dataclass
class _Limit:
    """When to interrupt next, and when to stop asking."""

    _next: float
    _grace: float
    slow: bool = False
    _end: float = 0.0

    def is_due(self, now: float) -> bool:
        """Whether it is time to interrupt, for the first time or again."""
        return now >= self._next

    def step(self, now: float) -> bool:
        """Note that the time is up; True when the grace is over too."""
        if not self.slow:
            self.slow = True
            self._end = now + self._grace
        self._next = min(now + ASK_AGAIN_SECONDS, max(self._end, now + POLL_SECONDS))
        return now >= self._end


def _error(reply: dict[str, Any] | None) -> Raised | None:
    if reply is None or reply.get("status") != "error":
        return None
    kind, text = clean(reply.get("ename")), clean(reply.get("evalue"))
    return Raised(kind[:MAX_TEXT], text[:MAX_TEXT])
