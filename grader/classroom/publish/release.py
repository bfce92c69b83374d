"""`grader release`: from `solutions/<unit>/` to `notebooks/<unit>/`, the same bytes every time.

lesson.py → build/source → nbgrader → build/release → notebooks/<unit>/, which is swapped in whole.
Loads the question files, so it runs where the course is trusted, never near learner code.
"""

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.classroom.course import Course
from grader.classroom.notebook import dumps, is_answer, is_fixed
from grader.classroom.publish.expand import BEGIN, END, expand
from grader.classroom.publish.lesson import read_lesson
from grader.core.errors import CourseError
from grader.core.names import ANSWER_SUFFIX, stem
from grader.core.unit import FILE_NAME, Unit, digest
from grader.referee.bank import UnitBank, load_unit
from grader.referee.prepare import prepare_visible

_ID_LENGTH = 12


@dataclass(frozen=True)
class Release:
    """What `grader release` made of one unit; `changed`: anything differs from before."""

    unit: str
    release: str
    folder: Path
    changed: bool


def release(course: Course, unit: str) -> Release:
    """Release one unit. Raises CourseError naming the file and line that is wrong."""
    from grader.classroom.gradebook.assignment import generate

    bank = load_unit(course.solutions / unit)
    write_source(course, unit, bank)
    generate(course.source, course.release, unit)
    notebook = nbformat.read(course.release / unit / f"{stem(unit)}.ipynb", as_version=4)
    described = describe(notebook, bank)
    notebook.metadata["grader"] = {"unit": unit, "release": described.release}
    files = {
        f"{stem(unit)}.ipynb": dumps(notebook),
        FILE_NAME: described.dumps().encode(),
    }
    folder = course.notebooks / unit
    changed = _content(folder) != files
    if changed:
        _swap(folder, files)
    return Release(unit, described.release, folder, changed)


def write_source(course: Course, unit: str, bank: UnitBank | None = None) -> Path:
    """Write the notebook with solutions that nbgrader reads as its source; its path."""
    folder = course.solutions / unit
    notebook = expand(read_lesson(folder / "lesson.py"), bank or load_unit(folder))
    path = course.source / unit / f"{stem(unit)}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dumps(notebook))
    return path


def describe(notebook: NotebookNode, bank: UnitBank) -> Unit:
    """The `unit.json` of a released notebook; its release id stands for notebook and questions."""
    text = dumps(notebook)
    if any(mark.encode() in text for mark in (BEGIN, END)):
        message = f"the release of {bank.name} still holds a solution mark; nothing was written"
        raise CourseError(message)
    questions = prepare_visible(bank)
    unit = Unit(
        name=bank.name,
        release="",
        questions=questions,
        hints={question.id: question.hints for question in bank.questions.values()},
        scaffolds=_scaffolds(notebook, set(questions)),
        quiz=bank.items,
        given={c.id: c.source for c in notebook.cells if c.cell_type == "code" and is_fixed(c)},
    )
    whole = hashlib.sha256(text + unit.dumps().encode())
    return replace(unit, release=whole.hexdigest()[:_ID_LENGTH])


def _scaffolds(notebook: NotebookNode, questions: set[str]) -> dict[str, str]:
    answers = {c.id.removesuffix(ANSWER_SUFFIX): c for c in notebook.cells if is_answer(c)}
    return {name: digest(cell.source) for name, cell in answers.items() if name in questions}


def _content(folder: Path) -> dict[str, bytes]:
    """The files of a released unit by name; hidden ones (a Jupyter's checkpoints) do not count."""
    if not folder.is_dir():
        return {}
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.startswith(".")}


def _swap(folder: Path, files: dict[str, bytes]) -> None:
    """Put the new folder in the old one's place; a reader sees the one or the other."""
    coming, going = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    for rest in (coming, going):
        shutil.rmtree(rest, ignore_errors=True)
    coming.mkdir(parents=True)
    for name, content in files.items():
        (coming / name).write_bytes(content)
    if folder.exists():
        folder.rename(going)
    coming.rename(folder)
    shutil.rmtree(going, ignore_errors=True)
