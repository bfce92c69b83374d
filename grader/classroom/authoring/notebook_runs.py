"""A unit's solved notebook, run as a learner runs it at home, and as a class is graded.

At home: every cell in one kernel of this machine, in the author's trust. In class: without what
only demonstrates, in a sandbox where this machine has one, judged by the referee on hidden inputs;
and once as it was released, which must earn nothing.
"""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from grader.classroom.authoring.problems import Problem, line_with
from grader.classroom.authoring.trial_course import TrialCourse
from grader.classroom.engine import Job, Result, run_one
from grader.classroom.notebooks.home_kernel import home_environment, words
from grader.classroom.sandbox import ColdSandbox, NoSandbox, SandboxSpec, check_sandbox
from grader.core.errors import SetupError
from grader.core.names import stem
from grader.core.question import REPAIR, PreparedQuestion
from grader.core.unit_file import FILE_NAME
from grader.referee.preparation import draw_all, prepare_hidden, with_draws
from grader.referee.question_bank import UnitBank

_SECRET = "what an author runs with"  # noqa: S105 - nobody is graded on these draws
# A cell that takes longer than this will never end.
_HANGS = 3600


@dataclass(frozen=True)
class Rehearsal:
    """A unit that was released into a folder of its own."""

    course: TrialCourse
    bank: UnitBank

    @property
    def lesson(self) -> Path:
        """The file that a problem of a run is in."""
        return self.course.solutions / self.bank.name / "lesson.py"

    @property
    def solved(self) -> Path:
        """The notebook with its solutions."""
        return self.course.source / self.bank.name / f"{stem(self.bank.name)}.ipynb"


def home_problems(rehearsal: Rehearsal) -> Iterator[Problem]:
    """What a learner would meet at home who wrote every solution: errors, warnings, checks."""
    try:
        notebook = run_at_home(rehearsal)
    except (DeadKernelError, CellTimeoutError) as error:
        yield Problem(f"the solved notebook ends its kernel: {error}", rehearsal.lesson)
        return
    except CellExecutionError as error:
        said = f"{error.ename}: {error.evalue}"
        told = f"the solved notebook stops with {said}, in the cell that begins: "
        first = next((line for line in error.traceback.splitlines() if line.strip()), "")
        yield Problem(told + first, rehearsal.lesson, line_with(rehearsal.lesson, first))
        return
    yield from output_problems(rehearsal, notebook)


def output_problems(rehearsal: Rehearsal, notebook: NotebookNode) -> Iterator[Problem]:
    """Warnings among a solved notebook's outputs, and checks that do not say *passed*."""
    checks = dict.fromkeys(rehearsal.bank.questions, "")
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                first = cell.source.partition("\n")[0]
                told = f"a cell of the solved notebook warns: {output.text.strip()[:300]}"
                yield Problem(told, rehearsal.lesson, line_with(rehearsal.lesson, first))
            if cell.id in checks:
                checks[cell.id] += words(output)
    for name, said in checks.items():
        if "passed" not in said:
            line = line_with(rehearsal.lesson, f'check="{name}"')
            told = f"the lesson's own solution does not pass the check of {name}: {said.strip()}"
            yield Problem(told, rehearsal.lesson, line)


def run_at_home(rehearsal: Rehearsal, at_the_end: str = "") -> NotebookNode:
    """The solved notebook with its outputs, beside the files that its release has.

    `at_the_end` is code for one more cell. Raises CellExecutionError where a cell raises.
    """
    notebook: Any = nbformat.read(rehearsal.solved, as_version=4)
    if at_the_end:
        notebook.cells.append(nbformat.v4.new_code_cell(at_the_end))
    place = {"metadata": {"path": str(rehearsal.course.notebooks / rehearsal.bank.name)}}
    client = NotebookClient(notebook, timeout=_HANGS, kernel_name="python3", resources=place)
    # what the kernel itself has to say, such as that it listens on this machine, is nobody's slip
    client.execute(env=home_environment(rehearsal.course.data), stderr=subprocess.DEVNULL)
    return client.nb


def class_problems(rehearsal: Rehearsal) -> Iterator[Problem]:
    """What a class would meet: full marks for every solution, and none for what is untouched."""
    questions = hidden_questions(rehearsal)
    for name, verdict in run_in_class(rehearsal, rehearsal.solved, questions).verdicts.items():
        if verdict.points < verdict.maximum:
            told = (
                f"graded without what only demonstrates, the lesson's own solution of {name} earns "
                f"{verdict.points:g} of {verdict.maximum:g} points: {verdict.message}"
            )
            yield Problem(told, rehearsal.lesson, line_with(rehearsal.lesson, f'"{name}"'))
    released = rehearsal.course.released(rehearsal.bank.name)
    for name, verdict in run_in_class(rehearsal, released, questions).verdicts.items():
        if verdict.points:  # code to be mended, or a recipe to be repaired, runs and is wrong
            told = (
                f"as it is released, {name} earns {verdict.points:g} points; an untouched answer "
                "earns nothing"
            )
            yield Problem(told, rehearsal.lesson, line_with(rehearsal.lesson, f'"{name}"'))


def run_in_class(
    rehearsal: Rehearsal, notebook: Path, questions: Mapping[str, PreparedQuestion]
) -> Result:
    """What grading makes of a notebook; in a sandbox, or openly where this machine has none."""
    unit = rehearsal.bank.name
    described = (rehearsal.course.notebooks / unit / FILE_NAME).read_bytes()
    job = Job("author", unit, notebook.read_bytes(), questions, {FILE_NAME: described})
    try:
        check_sandbox()
        launcher: ColdSandbox | NoSandbox = ColdSandbox()
    except SetupError:
        launcher = NoSandbox()  # the author's own code
    try:
        return run_one(
            job,
            launcher,
            SandboxSpec(data=rehearsal.course.data_sets, course=rehearsal.course.root),
        )
    finally:
        launcher.close()


def hidden_questions(rehearsal: Rehearsal) -> dict[str, PreparedQuestion]:
    """All that a unit asks, as a class is asked: hidden cases, and draws for the repairs."""
    bank, data = rehearsal.bank, rehearsal.course.data
    repairs = [question for question in bank.questions.values() if question.kind == REPAIR]
    return prepare_hidden(bank, _SECRET, "author") | {
        repair.id: with_draws(repair, draw_all(repair, _SECRET, data), {}) for repair in repairs
    }
