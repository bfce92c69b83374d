"""How far grading is: a bar for people, lines for logs; on standard error, beside `--json -`."""

import sys
import time
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.classroom.engine import Result
from grader.classroom.grading.planning import PlannedRun
from grader.core.messages import points


@dataclass
class RunCounts:
    """Counts what runs, is done and has failed, and remembers the slowest.

    `refused` submissions are not among the `total`: nothing of them can be run.
    """

    total: int
    refused: int = 0
    done: int = 0
    judged: int = 0
    failed: int = 0
    slowest: tuple[float, str] = (0.0, "")
    _started: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    def begin(self, work: PlannedRun) -> None:
        """A submission has been handed to a worker."""
        self._started[_name(work)] = time.monotonic()

    def end(self, work: PlannedRun, result: Result) -> str:
        """A result has come and is kept; the line that a log shows for it."""
        is_run = self._started.pop(_name(work), None) is not None
        self.done += 1
        self.judged += not is_run
        broken = not result.report.is_final
        self.failed += broken
        if is_run:
            self.slowest = max(self.slowest, (result.seconds, _name(work)))
        score = f"{result.report.score:g} of {points(result.report.maximum)}"
        told = "the grader failed" if broken else score
        how = f"{result.seconds:.1f} s" if is_run else "judged again, not run"
        return f"{self.done} of {self.total}: {_name(work)}, {told}, {how}"

    @property
    def state(self) -> str:
        """What the bar shows beside itself."""
        now = time.monotonic()
        words = [f"{len(self._started)} running", f"{self.failed} failed"]
        if self.refused:
            words.append(f"{self.refused} more cannot be run")
        longest = min(self._started.items(), key=lambda item: item[1], default=None)
        if longest is not None and now - longest[1] > max(self.slowest[0], 5.0):
            words.append(f"waiting for {longest[0]} ({now - longest[1]:.0f} s)")
        elif self.slowest[1]:
            words.append(f"slowest {self.slowest[1]} ({self.slowest[0]:.1f} s)")
        return ", ".join(words)

    @property
    def summary(self) -> str:
        """The last line of a log."""
        seconds = time.monotonic() - self._began
        was_run = self.done - self.judged
        text = f"{self.done} of {self.total} done in {seconds:.1f} s: {was_run} run, "
        text += f"{self.judged} judged again on kept answers, {self.failed} failed"
        if self.refused:
            text += f"; besides these {self.refused} cannot be run"
        slowest = f"; slowest: {self.slowest[1]}, {self.slowest[0]:.1f} s"
        return text + slowest if was_run else text


class _State(ProgressColumn):
    """Says anew at each refresh what runs, so that nobody takes a long training for a hang."""

    # rich draws a column at most so often
    max_refresh = 0.5

    def __init__(self, board: RunCounts) -> None:
        super().__init__()
        self._board = board

    def render(self, task: Task) -> Text:  # noqa: ARG002 - rich's signature
        """The board's state."""
        return Text(self._board.state)


class ProgressDisplay:
    """A board on a terminal or in a log; `fill` calls it."""

    def __init__(self, total: int, console: Console, refused: int = 0) -> None:
        self.board = RunCounts(total, refused)
        self._console = console
        self._bar = Progress(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            _State(self.board),
            console=console,
            disable=not (total and console.is_terminal),
        )
        self._task = self._bar.add_task("", total=total)

    def begin(self, work: PlannedRun) -> None:
        """Show one more that runs."""
        self.board.begin(work)

    def end(self, work: PlannedRun, result: Result) -> None:
        """Show one more that is done."""
        line = self.board.end(work, result)
        self._bar.update(self._task, advance=1)
        if not self._console.is_terminal:
            print(line, file=sys.stderr, flush=True)  # noqa: T201

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the bar as it is; a log gets a last line."""
        self._bar.stop()
        if self.board.done and not self._console.is_terminal:
            print(self.board.summary, file=sys.stderr, flush=True)  # noqa: T201


def progress(total: int, refused: int = 0) -> ProgressDisplay:
    """Progress to be shown for a `with` block: a bar, or a line for each result.

    `refused` are those that are handed in and cannot be run.
    """
    return ProgressDisplay(total, Console(file=sys.stderr), refused)


def _name(work: PlannedRun) -> str:
    return f"{work.student} {work.unit}"
