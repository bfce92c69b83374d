"""Answers that nobody has begun: told apart from wrong ones, and not run where they need not be.

A scaffold can be code that runs (a function to mend, a recipe to repair), so what it returns cannot
tell that nobody touched it; its text can. Yet a learner's code elsewhere can answer in its place:
it may redefine what the scaffold defines, or mend what it calls. Then it is run. Pure functions
around the engine's job and result; they never add a point and never take one that was earned.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from grader.classroom.engine import Job, Result
from grader.classroom.engine.jobs import report
from grader.classroom.notebooks.outside_code import OutsideCode
from grader.classroom.notebooks.rebuilding import (
    MISSING_NOTE,
    is_answer,
    loads,
    packed,
    question_of,
)
from grader.core import messages
from grader.core.names import ANSWER_SUFFIX
from grader.core.question import PreparedQuestion
from grader.core.unit_file import digest
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict

EMPTY = "The answer cell is empty or was deleted: copy it from the released notebook."


@dataclass(frozen=True)
class UnattemptedAnswers:
    """What the untouched and missing answers of `job` get, unless the run shows them right.

    `rest` is the job without those that nothing else in the notebook could answer: they need not
    be run. `order` is that in which the notebook asks its questions.
    """

    job: Job
    rest: Job
    decided: Mapping[str, Verdict]
    order: tuple[str, ...]

    def asking(self, questions: Mapping[str, PreparedQuestion]) -> "UnattemptedAnswers":
        """The same with these in the place of the released questions of `rest`."""
        job = replace(self.job, questions={**self.job.questions, **questions})
        return replace(self, job=job, rest=replace(self.rest, questions=questions))

    def complete(self, result: Result) -> Result:
        """The result of `rest` with what was decided in its place."""
        if self.job.tests is not None:
            return result
        run = result.verdicts
        verdicts = {name: self._final(name, run.get(name)) for name in self.order}
        kept = result.report
        told = report(self.job, kept.sandbox, verdicts, result.seconds, kept.causes)
        return replace(result, report=told)

    def _final(self, name: str, verdict: Verdict | None) -> Verdict:
        early = self.decided.get(name)
        if verdict is None:
            return early or rule(self.job.questions[name], Outcome.MISSING, messages.MISSING)
        is_fruitless = not verdict.points and verdict.outcome is not Outcome.BROKEN
        return early if early and is_fruitless else verdict


def untouched(job: Job, scaffolds: Mapping[str, str]) -> UnattemptedAnswers:
    """Find the untouched and the missing answers of a job; `scaffolds` come from the release.

    Released questions will do: of a question's inputs nothing is needed here.
    """
    notebook = loads(job.notebook)
    answers = {c.id.removesuffix(ANSWER_SUFFIX): c for c in notebook.cells if is_answer(c)}
    decided, skipped = {}, set()
    asked = [question_of(cell) or "" for cell in notebook.cells]
    order = tuple(sorted(job.questions, key=asked.index))
    code = OutsideCode.of(notebook, scaffolds)
    for name, question in job.questions.items():
        cell = answers.get(name)
        if cell is None:
            continue
        if digest(cell.source) == scaffolds.get(name):
            decided[name] = _not_attempted(question)
            if not code.could_answer(name):
                skipped.add(name)
        elif cell.source.strip() in {"", MISSING_NOTE}:
            decided[name] = rule(question, Outcome.MISSING, EMPTY)
    return UnattemptedAnswers(
        job, _rest(job, code.checked_late(set(decided) - skipped), skipped), decided, order
    )


def _rest(job: Job, notebook: NotebookNode | None, skipped: Collection[str]) -> Job:
    """The job without some of its questions; `notebook` is what it runs where that is another."""
    if notebook is None and not skipped:
        return job
    notebook = notebook or loads(job.notebook)
    cells = [cell for cell in notebook.cells if question_of(cell) not in skipped]
    asked = {name: q for name, q in job.questions.items() if name not in skipped}
    return replace(job, notebook=packed(NotebookNode(notebook, cells=cells)), questions=asked)


def _not_attempted(question: PreparedQuestion) -> Verdict:
    return rule(question, Outcome.NOT_ATTEMPTED, messages.NOT_ATTEMPTED)
