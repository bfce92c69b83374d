"""A grader may skip every cell that only demonstrates: the scores are the same.

`test_notebooks` runs each solved notebook with all of its cells and finds every check passed. Here
the engine runs it as it grades, without the demonstrations, and the referee finds the same; and
what nobody has touched earns nothing.
"""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.classroom.authoring.notebook_runs import (
    Rehearsal,
    class_problems,
    hidden_questions,
    run_in_class,
)
from grader.classroom.authoring.trial_course import TrialCourse
from grader.classroom.nbgrader.generation import generate
from grader.classroom.notebooks.rebuilding import question_of
from grader.classroom.publish.releasing import release
from grader.core.demonstrations import TAG
from grader.core.question import REPAIR
from grader.referee.question_bank import UnitBank

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


@pytest.fixture(name="rehearsal")
def _rehearsal(bank: UnitBank, tmp_path: Path) -> Rehearsal:
    course = TrialCourse(ROOT, ROOT / "classroom", tmp_path)
    release(course, bank.name, generate)
    return Rehearsal(course, bank)


def test_no_graded_cell_needs_a_cell_that_demonstrates(rehearsal: Rehearsal) -> None:
    """Full marks for the solved notebook with answers, helpers and checks alone."""
    assert [str(problem) for problem in class_problems(rehearsal)] == []


def test_demonstrations_are_really_left_out(our_bank: UnitBank, tmp_path: Path) -> None:
    """So that the marks above do not come from a run of everything."""
    course = TrialCourse(ROOT, ROOT / "classroom", tmp_path)
    release(course, our_bank.name, generate)
    rehearsal = Rehearsal(course, our_bank)
    repairs = {name for name, q in our_bank.questions.items() if q.kind == REPAIR}
    asked = {name: q for name, q in hidden_questions(rehearsal).items() if name not in repairs}
    result = run_in_class(rehearsal, course.released(our_bank.name), asked)
    assert set(result.verdicts) == set(asked)
    made: Any = nbformat.reads(result.notebook.decode(), as_version=4)
    skipped = [c for c in made.cells if TAG in c.metadata.get("tags", [])]
    assert skipped
    assert not [cell.id for cell in skipped if cell.execution_count or question_of(cell)]
