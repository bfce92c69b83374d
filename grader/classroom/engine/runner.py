"""One submission after another: launch, drive cell by cell, keep the referee's ledger, clear away.

Called by the recording path and by `grader one`. It learns points from the referee alone; what it
adds itself (too slow, the process died) earns none.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from grader.classroom.engine import endings
from grader.classroom.engine.assignment_runner import run_assignment
from grader.classroom.engine.endings import Ending, RunEndedError
from grader.classroom.engine.error_causes import MissingNameCauses
from grader.classroom.engine.jobs import Job, Result, report
from grader.classroom.engine.kernel_driver import CellRun, Driver
from grader.classroom.engine.resource_monitor import RunMonitor
from grader.classroom.notebooks.rebuilding import loads, packed
from grader.classroom.sandbox import Launcher, SandboxSpec
from grader.core import demonstrations, error_messages, messages
from grader.core.errors import SetupError
from grader.core.names import answer_cell
from grader.core.question import PreparedQuestion
from grader.core.requests import Raised
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.referee import recorded_replies as answers
from grader.referee.judge_proxy import RefereeProxy, referee_for
from grader.referee.judge_session import Referee
from grader.referee.recorded_replies import TRAINED_SECONDS, RecordedAnswer


def run(jobs: Iterable[Job], launcher: Launcher, box: SandboxSpec) -> Iterator[Result]:
    """Run jobs one after another; each result comes as soon as it is there.

    Raises SetupError when no sandbox can be had: then nothing can be graded.
    """
    for job in jobs:
        yield run_safely(job, launcher, box)


def run_safely(job: Job, launcher: Launcher, box: SandboxSpec) -> Result:
    """Run one job; a failure of the grader itself makes its questions broken, and stops nobody.

    Raises SetupError when no sandbox can be had.
    """
    start = time.monotonic()
    try:
        return (run_one if job.tests is None else run_assignment)(job, launcher, box)
    except SetupError:
        raise
    except Exception as error:  # noqa: BLE001 - our own fault must not stop the class
        return broken(job, launcher.name, error, time.monotonic() - start)


def run_one(job: Job, launcher: Launcher, box: SandboxSpec) -> Result:
    """Run one submission in a sandbox of its own, which is gone when this returns.

    Call it from a thread that lives on: the sandbox dies with the thread that started it.
    """
    # a class without new work needs no client of Jupyter's, a tenth of a second of imports
    from grader.classroom.engine.kernel_client import KernelConnection

    start = time.monotonic()
    notebook = loads(job.notebook)
    kernel = launcher.launch(replace(box, files=job.files))
    referee = referee_for(kernel.referee_socket, dict(job.questions))
    watcher = RunMonitor(kernel, box.limits)
    notebook_run = _NotebookRun(job, referee, box.limits.cell_seconds)
    watcher.start()
    try:
        referee.start()
        with KernelConnection(kernel, box.limits.message_mib) as client:
            driver = Driver(kernel, client, box.limits, box.threads)
            driver.wait_until_ready()
            try:
                notebook_run.run(driver, notebook)
            except RunEndedError as end:
                watcher.stop()
                notebook_run.ended(watcher.ending or end.ending)
    finally:
        watcher.stop()
        kernel.kill()
        referee.close()
    seconds = time.monotonic() - start
    verdicts = notebook_run.verdicts()
    told = report(job, launcher.name, verdicts, seconds, notebook_run.causes.of(notebook, verdicts))
    return Result(told, packed(notebook), seconds, answers.dumps(notebook_run.answers(verdicts)))


@dataclass
class _NotebookRun:
    """The way through one notebook: which question is at hand, and what the driver saw of each."""

    job: Job
    referee: Referee | RefereeProxy
    cell_seconds: float
    causes: MissingNameCauses = field(default_factory=MissingNameCauses)
    _cell: str = ""
    _at_hand: PreparedQuestion | None = None
    _seconds: dict[str, float] = field(default_factory=dict)
    _seen: dict[str, tuple[Outcome, str]] = field(default_factory=dict)
    _fatal: tuple[str, Ending] | None = None

    def run(self, driver: Driver, notebook: NotebookNode) -> None:
        """Run the cells of `notebook` in order, and put their outputs into it."""
        questions = self.job.questions
        owners = {**questions, **{answer_cell(name): q for name, q in questions.items()}}
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        left_out = set() if self.job.everything else _left_out(code)
        count = 0
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            if cell.id in left_out:
                continue
            self._cell = cell.metadata.get("nbgrader", {}).get("grade_id") or f"number {index + 1}"
            self._at_hand = owners.get(self._cell)
            done = self._run_cell(driver, cell.source)
            if done.error is not None:
                self.causes.failed(cell.source, done.error)
            count += 1
            cell.outputs, cell.execution_count = done.outputs, count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count

    def ended(self, ending: Ending) -> None:
        """Note that the run ended in the current cell."""
        self.referee.disarm()
        at_hand = self._at_hand
        if at_hand is not None:
            self._fatal = (at_hand.id, ending)
            self._seen[at_hand.id] = (ending.outcome, ending.message)
        text = endings.not_reached(ending, self._cell)
        for name in self.job.questions:
            self._seen.setdefault(name, (Outcome.MISSING, text))

    def verdicts(self) -> dict[str, Verdict]:
        """The ledger, completed by what only the driver saw."""
        for name, (outcome, message) in self._seen.items():
            self.referee.record(name, outcome, message)
        ledger = self.referee.ledger()
        if self._fatal is not None:
            # The referee saw a broken conversation; the driver knows why it broke.
            name, ending = self._fatal
            if ledger[name].outcome is Outcome.RAISED:
                ledger[name] = rule(self.job.questions[name], ending.outcome, ending.message)
        return {
            name: replace(verdict, seconds=self._seconds.get(name, verdict.seconds))
            for name, verdict in ledger.items()
        }

    def answers(self, verdicts: Mapping[str, Verdict]) -> dict[str, RecordedAnswer]:
        """What each question got, to be judged again; nothing where the grader itself failed."""
        if any(verdict.outcome is Outcome.BROKEN for verdict in verdicts.values()):
            return {}
        turns = self.referee.turns()
        if turns is None:
            return {}
        if self._fatal is not None:
            turns.pop(self._fatal[0], None)
        return {
            name: RecordedAnswer(
                self.job.questions[name].seconds,
                verdict.seconds,
                turns.get(name),
                str(verdict.outcome),
                verdict.message,
                verdict.details.get(TRAINED_SECONDS),
            )
            for name, verdict in verdicts.items()
        }

    def _run_cell(self, driver: Driver, source: str) -> CellRun:
        question = self._at_hand
        if question is None:
            return driver.run(source, self.cell_seconds, lambda: None)
        checks = self._cell == question.id
        if checks:
            self.referee.arm(question.id)
        start = time.monotonic()
        try:
            done = driver.run(source, question.seconds, lambda: self._too_slow(question))
        finally:
            spent = time.monotonic() - start
            self._seconds[question.id] = self._seconds.get(question.id, 0.0) + spent
        # What went wrong first is what the learner should read, so nothing seen is overwritten.
        if done.error is not None:
            self._seen.setdefault(question.id, (Outcome.RAISED, _told(source, done.error)))
        if checks:
            self.referee.disarm()
            self._seen.setdefault(question.id, (Outcome.MISSING, endings.UNHEARD))
        return done

    def _too_slow(self, question: PreparedQuestion) -> None:
        """Called while the cell still runs, before it is interrupted: no verdict may come first."""
        text = messages.too_slow(question.id, question.seconds)
        self._seen.setdefault(question.id, (Outcome.TOO_SLOW, text))
        if self._cell == question.id:
            self.referee.record(question.id, Outcome.TOO_SLOW, text)


def _told(source: str, error: Raised) -> str:
    """What an answer cell that raised is told."""
    has_both = error.kind == "SyntaxError" and error_messages.has_conflict(source)
    return error_messages.conflict() if has_both else messages.raised(error)


def _left_out(cells: Sequence[NotebookNode]) -> set[str]:
    """The ids of the code cells that only show something, and that no other code needs."""
    shows = [demonstrations.TAG in cell.metadata.get("tags", []) for cell in cells]
    needed = demonstrations.needed(
        [(cell.source, each) for cell, each in zip(cells, shows, strict=True)]
    )
    return {
        cell.id
        for place, (cell, each) in enumerate(zip(cells, shows, strict=True))
        if each and place not in needed
    }


def broken(job: Job, sandbox: str, error: Exception, seconds: float) -> Result:
    """The result of a job that the grader could not run: a person's business, never a zero."""
    text = f"{messages.BROKEN} ({type(error).__name__}: {error})"
    return Result(report(job, sandbox, job.broken(text), seconds), job.notebook, seconds)
