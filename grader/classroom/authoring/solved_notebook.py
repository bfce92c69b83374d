"""A unit's notebook as cells, solved and as learners get it, and what a kept run of it printed."""

import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.classroom.course_paths import Course
from grader.classroom.notebooks.home_kernel import words
from grader.classroom.publish.lesson_parser import read_lesson
from grader.classroom.publish.notebook_builder import BEGIN, END, expand
from grader.referee.question_bank import UnitBank

SOLUTION = re.compile(f"^ *{BEGIN}\n.*?^ *{END}\n?", re.MULTILINE | re.DOTALL)
_MARKS = re.compile(f"^ *({BEGIN}|{END})\n?", re.MULTILINE)


def source_cells(course: Course, bank: UnitBank) -> list[NotebookNode]:
    """The cells with their solutions and the marks around them, as nbgrader reads its source."""
    return list(expand(read_lesson(course.solutions / bank.name / "lesson.py"), bank).cells)


def solved_cells(course: Course, bank: UnitBank) -> list[NotebookNode]:
    """The cells as somebody has them who wrote every solution."""
    cells = source_cells(course, bank)
    for cell in cells:
        cell.source = _MARKS.sub("", cell.source)
    return cells


def released_cells(course: Course, bank: UnitBank) -> list[NotebookNode]:
    """The cells as learners get them, but for what stands in place of a solution."""
    cells = source_cells(course, bank)
    for cell in cells:
        cell.source = SOLUTION.sub("", cell.source)
    return cells


def kept_run(course: Course, unit: str) -> Path:
    """Where `make minutes MEASURE=1` leaves the solved notebook with its outputs."""
    return course.root / "build" / "solved" / f"{unit}.ipynb"


def printed(course: Course, unit: str) -> dict[str, str]:
    """What each cell of the kept run printed, a picture's words among it; nothing where none is."""
    path = kept_run(course, unit)
    if not path.is_file():
        return {}
    notebook: Any = nbformat.read(path, as_version=4)
    return {
        cell.id: " ".join(words(out) for out in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
