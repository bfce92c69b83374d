"""Runs a submission of an ordinary assignment: tests stand in its cells, and no referee judges.

The learner's cells run in the kernel, one after another, as in a unit. A graded cell is held back
until its turn, and then runs in a fork of the kernel's process (`engine.cell_tests`). Every graded
cell counts once, whatever the submission did to it: the notebook was rebuilt on the course's own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.classroom.engine import endings
from grader.classroom.engine.cell_tests import CellTests, TestEnd
from grader.classroom.engine.endings import Ending, RunEndedError
from grader.classroom.engine.jobs import Job, Result, report
from grader.classroom.engine.kernel_driver import Driver
from grader.classroom.engine.resource_monitor import RunMonitor
from grader.classroom.engine.test_plan import TestPlan
from grader.classroom.notebooks.cell_kinds import question_of
from grader.classroom.notebooks.rebuilding import loads, packed
from grader.classroom.sandbox import Launcher, SandboxSpec
from grader.core import messages
from grader.core.test_cells import TestCell
from grader.core.verdicts import Outcome, Verdict
from grader.worker.test_code import FILE_NAME


def run_assignment(job: Job, launcher: Launcher, box: SandboxSpec) -> Result:
    """Run one submission in a sandbox of its own, which is gone when this returns.

    Call it from a thread that lives on: the sandbox dies with the thread that started it.
    """
    # a class without new work needs no client of Jupyter's, a tenth of a second of imports
    from grader.classroom.engine.kernel_client import KernelConnection

    start = time.monotonic()
    notebook = loads(job.notebook)
    kernel = launcher.launch(replace(box, files=job.files, tests=True))
    watcher = RunMonitor(kernel, box.limits)
    plan = TestPlan(notebook, job.tests or {}, job.released)
    run = _AssignmentRun(plan, box.limits.cell_seconds)
    watcher.start()
    try:
        with KernelConnection(kernel, box.limits.message_mib) as client:
            driver = Driver(kernel, client, box.limits, box.threads)
            driver.wait_until_ready()
            try:
                run.run(driver, CellTests(kernel, driver))
            except RunEndedError as end:
                watcher.stop()
                run.ended(watcher.ending or end.ending)
    finally:
        watcher.stop()
        kernel.kill()
        kernel.referee_socket.close()
    seconds = time.monotonic() - start
    told = report(job, launcher.name, run.verdicts(), seconds)
    return Result(told, packed(notebook), seconds)


@dataclass
class _AssignmentRun:
    """The way through one notebook."""

    plan: TestPlan
    seconds: float
    _cell: str = ""
    _at_hand: TestCell | None = None
    _verdicts: dict[str, Verdict] = field(default_factory=dict)

    def run(self, driver: Driver, tests: CellTests) -> None:
        """Run all code cells in order, and put their outputs into the notebook."""
        driver.run("", self.seconds, lambda: None)  # its shell is there when this is answered
        tests.keep(self.plan.packages)
        count = 0
        for index, cell in enumerate(self.plan.notebook.cells):
            if cell.cell_type != "code":
                continue
            self._cell = cell.metadata.get("nbgrader", {}).get("grade_id") or f"number {index + 1}"
            self._at_hand = self.plan.tests.get(question_of(cell) or "")
            count += 1
            cell.execution_count = count
            if self._at_hand is None:
                cell.outputs = driver.run(cell.source, self.seconds, lambda: None).outputs
                for output in cell.outputs:
                    if output.output_type == "execute_result":
                        output.execution_count = count
                continue
            end = tests.run(self.plan.planned(cell), self.seconds)
            self._settle(self._at_hand, cell, end)
            if cell.id in self.plan.in_notebook:
                driver.run(self.plan.in_notebook[cell.id], self.seconds, lambda: None)

    def ended(self, ending: Ending) -> None:
        """Note that the run ended in the current cell."""
        if self._at_hand is not None:
            own = self._at_hand.verdict(ending.outcome, ending.message)
            self._verdicts.setdefault(self._at_hand.id, own)
        text = endings.not_reached(ending, self._cell)
        for name, cell in self.plan.tests.items():
            self._verdicts.setdefault(name, cell.verdict(Outcome.MISSING, text))

    def verdicts(self) -> dict[str, Verdict]:
        """One for each graded cell, in the notebook's order."""
        return {name: self._verdicts[name] for name in self.plan.tests}

    def _settle(self, test: TestCell, cell: NotebookNode, end: TestEnd) -> None:
        verdict = replace(self._judged(test, cell, end), seconds=end.seconds)
        self._verdicts[test.id] = verdict
        cell.outputs = _outputs(cell, end, verdict)

    def _judged(self, test: TestCell, cell: NotebookNode, end: TestEnd) -> Verdict:
        if end.slow:
            return test.verdict(Outcome.TOO_SLOW, messages.test_too_slow(self.seconds))
        if not end.heard:
            return test.verdict(Outcome.RAISED, messages.TESTS_UNHEARD)
        if end.ok:
            return test.passed(end.result)
        return test.failed(end.kind, end.words, _visible_line(test, cell.source, end))


def _visible_line(test: TestCell, source: str, end: TestEnd) -> str:
    """The line of the test that failed, if learners have it."""
    line = _line(source, end)
    return line if line in {each.strip() for each in test.visible.splitlines()} else ""


def _line(source: str, end: TestEnd) -> str:
    lines = source.splitlines()
    numbers = [number for file, number, _ in end.places if file == FILE_NAME]
    return lines[numbers[-1] - 1].strip() if numbers and 0 < numbers[-1] <= len(lines) else ""


def _outputs(cell: NotebookNode, end: TestEnd, verdict: Verdict) -> list[Any]:
    """What a person sees below a graded cell: its own outputs, and what became of it."""
    found = [
        new_output("stream", name=name, text=text)
        for name, text in (("stdout", end.out), ("stderr", end.err))
        if text
    ]
    if end.ok and end.result is not None:
        shown = {"text/plain": end.result}
        found.append(new_output("execute_result", data=shown, execution_count=cell.execution_count))
    found.append(new_output("stream", name="stdout", text=messages.tested(verdict) + "\n"))
    if end.heard and not end.ok:
        found.append(
            new_output("error", ename=end.kind, evalue=end.words, traceback=_traceback(end))
        )
    return found


def _traceback(end: TestEnd) -> list[str]:
    places = [f"  {file}, line {number}, in {name}" for file, number, name in end.places]
    return [*places, f"{end.kind}: {end.words}"]
