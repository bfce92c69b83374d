"""Drive one kernel cell by cell: time limits, interrupts, outputs. It knows no questions."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from grader.classroom.engine import endings
from grader.classroom.engine.endings import Ending, RunEndedError
from grader.classroom.engine.outputs import KIB, Budget, OutputCollector, clean
from grader.classroom.engine.time_limits import CpuWaitClock
from grader.classroom.sandbox import Limits, RunningKernel
from grader.classroom.sandbox.resource_usage import ThreadTimes, thread_times
from grader.core.errors import SetupError
from grader.core.question import PATIENCE
from grader.core.requests import Raised

if TYPE_CHECKING:
    from grader.classroom.engine.kernel_client import KernelConnection

# A fresh kernel answers within half a second; a machine that swaps may need a minute.
START_SECONDS = 60.0
POLL_SECONDS = 0.1
# Most cells are over by now, and need not have it counted how long they stood in line.
FIRST_LOOK_SECONDS = 0.25
NEXT_LOOK_SECONDS = 0.3
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
    """Runs cells in `kernel`; kills it only where a cell does not stop when asked.

    `threads` is how many processors a submission is due.
    """

    def __init__(
        self, kernel: RunningKernel, client: "KernelConnection", limits: Limits, threads: int = 1
    ) -> None:
        self._threads = threads
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

        While others on a busy machine keep it waiting for a processor, the seconds stand still,
        until PATIENCE times as many have gone by. Raises RunEndedError when the kernel is gone or
        had to be ended.
        """
        collector = OutputCollector(self._limits.cell_output_kib * KIB, self._budget)
        exchange = _CellExchange(self._client.execute(source), collector)
        clock = self.clock(seconds)
        while not exchange.over(time.monotonic(), asked_to_stop=clock.slow):
            clock.look()
            if exchange.reply is None and clock.is_up():
                if not clock.slow:
                    when_slow()
                if clock.step():
                    self._kernel.kill()
                    raise RunEndedError(endings.would_not_stop(seconds))
                self._client.interrupt(exchange.sent)
                exchange.unanswered += 1
            if exchange.lacks_reply(time.monotonic()):
                exchange.proof = self._client.ask_info()
            received = self._client.receive(POLL_SECONDS)
            if received is not None:
                exchange.take(*received)
            elif not self._kernel.alive():
                raise RunEndedError(self.died())
        spent = time.monotonic() - clock.start
        if not exchange.idle:
            self._client.reopen_outputs()
            self._hears_outputs(LAST_WORDS_SECONDS)
        return CellRun(collector.outputs(), spent, clock.slow, _error(exchange.reply))

    def clock(self, seconds: float) -> "CellClock":
        """A clock of so many seconds for what runs in the kernel's sandbox."""
        return CellClock(seconds, self._limits.grace_seconds, self._threads, self._thread_times)

    def died(self) -> Ending:
        """Why the kernel is gone, as far as Linux tells."""
        full = self._kernel.starved()
        return endings.out_of_memory(self._limits.memory_mib) if full else endings.DIED

    def _thread_times(self) -> dict[int, ThreadTimes]:
        """What each thread inside has run and waited by now."""
        each = (thread_times(pid) for pid in self._kernel.pids())
        return {thread: turn for turns in each for thread, turn in turns.items()}

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
class _CellExchange:
    """What has come back for the message `sent` so far."""

    sent: str
    collector: OutputCollector
    reply: dict[str, Any] | None = None
    idle: bool = False
    # Interrupts on their way. One that comes late does nothing, but its answer would be taken for
    # an answer to one of the next cell.
    unanswered: int = 0
    # A question that the kernel answers when the cell is over, asked where there is no reply.
    proof: str = ""
    _proven: bool = False
    _end: float = math.inf

    def take(self, channel: str, message: dict[str, Any]) -> None:
        """Take in a message; those of earlier cells (a thread that still prints) are dropped."""
        if channel == "control":
            self.unanswered -= 1
            return
        parent = message["parent_header"].get("msg_id")
        if channel == "shell" and self.proof and parent == self.proof:
            self._proven = True
        if parent != self.sent:
            return
        kind, content = message["msg_type"], message["content"]
        if channel == "shell" and kind == "execute_reply":
            self.reply = content
        elif channel == "iopub":
            self.idle = self.idle or content.get("execution_state") == "idle"
            self.collector.take(kind, content)
        if self.reply is not None or self.idle:
            self._end = min(self._end, time.monotonic() + LAST_WORDS_SECONDS)

    def lacks_reply(self, now: float) -> bool:
        """Whether there is no reply though the kernel is idle: any thread inside can say that."""
        return self.idle and self.reply is None and not self.proof and now >= self._end

    def over(self, now: float, *, asked_to_stop: bool) -> bool:
        """Whether the cell has ended and all that belongs to it has come, or had time to.

        A cell that was asked to stop may have lost its reply.
        """
        complete = self.reply is not None and self.idle and self.unanswered <= 0
        ended = self.reply is not None or asked_to_stop or self._proven
        return complete or (ended and now >= self._end)


class CellClock:
    """When to interrupt a cell, for the first time and again, and when to stop asking."""

    def __init__(
        self,
        seconds: float,
        grace: float,
        threads: int,
        turns: Callable[[], dict[int, ThreadTimes]],
    ) -> None:
        self.start = time.monotonic()
        self.slow = False
        self._seconds = seconds
        self._grace = grace
        self._thread_times = turns
        self._patience = CpuWaitClock(self.start, threads)
        self._look = self.start + min(FIRST_LOOK_SECONDS, seconds / 2)
        self._next = self.start + seconds
        self._end = 0.0

    def look(self) -> None:
        """Look now and then how long the machine keeps the cell waiting."""
        now = time.monotonic()
        if now >= self._look and not self.slow:
            self._patience.look(now, self._thread_times())
            self._look = now + NEXT_LOOK_SECONDS

    def is_up(self) -> bool:
        """Whether it is time to interrupt; not while the machine owes the cell time."""
        now = time.monotonic()
        if now < self._next or self.slow:
            return now >= self._next
        self._patience.look(now, self._thread_times())
        late = self._patience.late(now)
        until = self.start + min(self._seconds + late, self._seconds * PATIENCE)
        if until < self._next + POLL_SECONDS:
            return True
        self._next = until
        return False

    def step(self) -> bool:
        """Note that the time is up; True when the grace is over too."""
        now = time.monotonic()
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
