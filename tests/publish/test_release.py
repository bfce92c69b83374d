"""A release is the same bytes every time, holds no solution, and swaps in whole."""

import json
from pathlib import Path

import nbformat
import pytest

from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.generation import generate
from grader.classroom.notebooks.rebuilding import dumps, question_of
from grader.classroom.publish.releasing import release
from grader.core import unit_file
from grader.core.question import FunctionQuestion

UNIT = "01_toy"


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def released(course: Course) -> Course:
    release(course, UNIT, generate)
    return course


def test_a_second_release_is_byte_identical(released: Course) -> None:
    before = _files(released.notebooks)
    assert sorted(before) == [f"{UNIT}/toy.ipynb", f"{UNIT}/unit.json"]
    assert not release(released, UNIT, generate).changed
    (released.notebooks / UNIT / "unit.json").unlink()
    assert release(released, UNIT, generate).changed
    assert _files(released.notebooks) == before


def test_the_release_holds_scaffolds_and_no_solutions(released: Course) -> None:
    notebook = nbformat.read(released.released(UNIT), as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    assert "SOLUTION" not in dumps(notebook).decode()
    assert "2 * x" not in sources["toy-double-answer"]
    assert "    # your code here\n    return y" in sources["toy-double-answer"]
    assert sources["toy-challenge-1-answer"] == 'toy_challenge_1 = ""  # "a", "b" or "c"'
    assert sources["toy-double-why"] == "*Your words here.*"


def test_every_cell_has_a_name_that_stays(released: Course) -> None:
    cells = nbformat.read(released.released(UNIT), as_version=4).cells
    assert len({cell.id for cell in cells}) == len(cells)
    for cell in cells:
        assert cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) == cell.id


def test_locked_cells_cannot_be_edited_and_free_ones_can(released: Course) -> None:
    cells = {c.id: c for c in nbformat.read(released.released(UNIT), as_version=4).cells}
    assert cells["markdown-1"].metadata.editable is False
    assert cells["toy-double"].metadata.editable is False
    assert "nbgrader" not in cells["toy-practice-1"].metadata
    assert "editable" not in cells["toy-double-answer"].metadata
    assert cells["scratch-2"].metadata == {"tags": ["scratch"]}


def test_unit_json_is_what_the_lab_reads(released: Course) -> None:
    read = unit_file.find(released.notebooks / UNIT)
    notebook = nbformat.read(released.released(UNIT), as_version=4)
    assert read.name == UNIT
    assert read.release == notebook.metadata.grader.release
    assert sorted(read.questions) == ["toy-challenge-1", "toy-double"]
    double = read.questions["toy-double"]
    assert isinstance(double, FunctionQuestion)
    assert double.cases
    assert read.hints["toy-double"] == ("Add x to itself.",)
    scaffold = next(c.source for c in notebook.cells if c.id == "toy-double-answer")
    assert read.scaffolds["toy-double"] == unit_file.digest(scaffold)
    assert len(read.quiz) == 5


def test_points_come_from_the_question_file(released: Course) -> None:
    cells = nbformat.read(released.released(UNIT), as_version=4).cells
    points = {question_of(c): c.metadata.nbgrader.points for c in cells if question_of(c)}
    assert points == {"toy-double": 2, "toy-challenge-1": 1}


def test_a_changed_question_is_another_release(released: Course) -> None:
    question = released.solutions / UNIT / "questions" / "toy-double.py"
    before = json.loads((released.notebooks / UNIT / "unit.json").read_text())["release"]
    question.write_text(question.read_text().replace("POINTS = 2", "POINTS = 3"))
    assert release(released, UNIT, generate).release != before


def test_a_removed_question_leaves_no_old_file_behind(released: Course) -> None:
    stray = released.notebooks / UNIT / "left-over.txt"
    stray.write_text("old")
    release(released, UNIT, generate)
    assert not stray.exists()
