"""Drive one kernel cell by cell: time limits, interrupts, outputs. It knows no questions."""

import math
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
from grader.classroom.sandbox.process import waits_of
from grader.core.errors import SetupError
from grader.core.question import PATIENCE
from grader.core.requests import Raised

# A fresh kernel answers within half a second; a machine that swaps may need a minute.
START_SECONDS = 60.0
POLL_SECONDS = 0.1
# Most cells are over by now, and need not have it counted how long they stood in line.
FIRST_LOOK_SECONDS = 0.25
# Code may catch one KeyboardInterrupt, so it is asked again until its grace is over.
ASK_AGAIN_SECONDS = 1.0
# Outputs may come after the reply. A flood may have swallowed the message that ends them, an
# interrupt in the last moment the reply.
LAST_WORDS_SECONDS = 2.0
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
        if self._hears_outputs(START_SECONDS):
            return
        text = (
            "The Python for learner code did not start in its sandbox. It said: "
            f"{self._kernel.last_words()[-2000:] or 'nothing'}\n"
            "`grader doctor` looks for the cause."
        )
        raise SetupError(text)

    def run(self, source: str, seconds: float, when_slow: Callable[[], None]) -> CellRun:
        """Run one cell; after `seconds` call `when_slow` and interrupt it.

        While a busy machine keeps its processes waiting for a processor, the seconds stand still,
        until PATIENCE times as many have gone by. Raises RunEndedError when the kernel is gone or
        had to be ended.
        """
        tray = Tray(self._limits.cell_output_kib * KIB, self._budget)
        talk = _Talk(self._client.execute(source), tray)
        start = time.monotonic()
        limit = _Limit(start + seconds, self._limits.grace_seconds)
        look = start + min(FIRST_LOOK_SECONDS, seconds / 2)
        before: dict[int, float] | None = None
        while not talk.over(time.monotonic()):
            if before is None and time.monotonic() >= look:
                before = self._waited()
            if not talk.ends and limit.is_due(time.monotonic()):
                if not limit.slow:
                    late = _longest(self._waited(), before or {})
                    if limit.put_off(start + min(seconds + late, seconds * PATIENCE)):
                        continue
                    when_slow()
                if limit.step(time.monotonic()):
                    self._kernel.kill()
                    raise RunEndedError(endings.deaf(seconds))
                self._client.interrupt(talk.sent)
                talk.unanswered += 1
            received = self._client.receive(POLL_SECONDS)
            if received is not None:
                talk.take(*received)
            elif not self._kernel.alive():
                raise RunEndedError(endings.DIED)
        spent = time.monotonic() - start
        if not talk.idle:
            self._client.reopen_outputs()
            self._hears_outputs(LAST_WORDS_SECONDS)
        return CellRun(tray.outputs(), spent, limit.slow, _error(talk.reply))

    def _waited(self) -> dict[int, float]:
        """Seconds in line for a processor, of each thread inside."""
        each = (waits_of(pid) for pid in self._kernel.pids())
        return {thread: seconds for waits in each for thread, seconds in waits.items()}

    def _hears_outputs(self, seconds: float) -> bool:
        """Whether outputs arrive: a reply alone does not prove it, so ask until one comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._kernel.alive():
            self._client.ask_info()
            message = self._client.receive(0.5)
            while message is not None:
                if message[0] == "iopub":
                    return True
                message = self._client.receive(0.5)
        return False


@dataclass
class _Talk:
    """What has come back for the message `sent` so far."""

    sent: str
    tray: Tray
    reply: dict[str, Any] | None = None
    idle: bool = False
    # Interrupts on their way. One that comes late does nothing, but its answer would be taken for
    # an answer to one of the next cell.
    unanswered: int = 0
    _end: float = math.inf

    @property
    def ends(self) -> bool:
        """Whether the kernel has said, in one way or the other, that the cell is over."""
        return self.reply is not None or self.idle

    def take(self, door: str, message: dict[str, Any]) -> None:
        """Take in a message; those of earlier cells (a thread that still prints) are dropped."""
        if door == "control":
            self.unanswered -= 1
            return
        if message["parent_header"].get("msg_id") != self.sent:
            return
        kind, content = message["msg_type"], message["content"]
        if door == "shell" and kind == "execute_reply":
            self.reply = content
        elif door == "iopub":
            self.idle = self.idle or content.get("execution_state") == "idle"
            self.tray.take(kind, content)
        if self.ends:
            self._end = min(self._end, time.monotonic() + LAST_WORDS_SECONDS)

    def over(self, now: float) -> bool:
        """Whether the cell has ended and all that belongs to it has come, or had time to."""
        complete = self.reply is not None and self.idle and self.unanswered <= 0
        return complete or now >= self._end


@dataclass
class _Limit:
    """When to interrupt next, and when to stop asking."""

    _next: float
    _grace: float
    slow: bool = False
    _end: float = 0.0

    def put_off(self, until: float) -> bool:
        """Move the first interrupt to `until`; False where that is no later by any use."""
        if until < self._next + POLL_SECONDS:
            return False
        self._next = until
        return True

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


def _longest(now: dict[int, float], before: dict[int, float]) -> float:
    """The longest that one thread stood in line since `before`.

    Which of them the cell waits for is not known from outside: with two threads torch's first one
    runs in circles while the other stands in line. Adding them up would let many buy time.
    """
    return max((waited - before.get(thread, 0.0) for thread, waited in now.items()), default=0.0)


def _error(reply: dict[str, Any] | None) -> Raised | None:
    if reply is None or reply.get("status") != "error":
        return None
    kind, text = clean(reply.get("ename")), clean(reply.get("evalue"))
    return Raised(kind[:MAX_TEXT], text[:MAX_TEXT])
