"""A grader may skip every cell that only demonstrates: the scores are the same.

`test_notebooks` runs each solved notebook with all of its cells and finds every check passed. Here
the engine runs it as it grades, without the demonstrations, and the referee finds the same.
"""

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.classroom.course_paths import Course
from grader.classroom.engine import Job, run_one
from grader.classroom.notebooks.rebuilding import question_of
from grader.classroom.publish.releasing import write_source
from grader.classroom.sandbox import ColdSandbox, SandboxSpec
from grader.core.demonstrations import TAG
from grader.core.question import REPAIR
from grader.core.unit_file import FILE_NAME
from grader.referee.preparation import draw_all, prepare_hidden, with_draws
from grader.referee.question_bank import UnitBank

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a test's secret"  # noqa: S105
pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


def test_no_graded_cell_needs_a_cell_that_demonstrates(bank: UnitBank, tmp_path: Path) -> None:
    """Full marks for the solved notebook with answers, helpers and checks alone."""
    course = Course(ROOT, ROOT / "classroom")
    repairs = [question for question in bank.questions.values() if question.kind == REPAIR]
    questions = prepare_hidden(bank, SECRET, "ada") | {
        repair.id: with_draws(repair, draw_all(repair, SECRET, course.data), {})
        for repair in repairs
    }
    shutil.copytree(ROOT / "solutions" / bank.name, tmp_path / "solutions" / bank.name)
    source = write_source(Course(tmp_path, tmp_path), bank.name, bank)
    job = Job(
        student="ada",
        unit=bank.name,
        notebook=source.read_bytes(),
        questions=questions,
        files={FILE_NAME: (course.notebooks / bank.name / FILE_NAME).read_bytes()},
    )
    launcher = ColdSandbox()
    try:
        result = run_one(job, launcher, SandboxSpec(data=course.data, course=ROOT))
    finally:
        launcher.close()
    short = {name: v.message for name, v in result.verdicts.items() if v.points < v.maximum}
    assert short == {}
    assert set(result.verdicts) == set(bank.questions) | set(bank.challenges)
    made: Any = nbformat.reads(result.notebook.decode(), as_version=4)
    skipped = [c for c in made.cells if TAG in c.metadata.get("tags", [])]
    assert skipped
    assert not [cell.id for cell in skipped if cell.execution_count or question_of(cell)]
