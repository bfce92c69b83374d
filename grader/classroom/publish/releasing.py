"""`grader release`: from `solutions/<unit>/` to `notebooks/<unit>/`, the same bytes every time.

lesson.py → build/source → nbgrader → build/release → notebooks/<unit>/, which is swapped in whole.
Learners at home, who mark themselves, get notebooks/; it holds the keys of the challenges. A class
gets build/release through nbgrader's exchange: the same notebook, no keys, and the data sets.
Loads the question files, so it runs where the course is trusted, never near learner code.
"""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.classroom.course_paths import Course
from grader.classroom.notebooks.rebuilding import dumps, is_answer, is_fixed
from grader.classroom.publish.accompanying_files import beside, data_of, swap
from grader.classroom.publish.lesson_parser import read_lesson
from grader.classroom.publish.notebook_builder import BEGIN, END, expand
from grader.core.errors import CourseError
from grader.core.names import ANSWER_SUFFIX, stem
from grader.core.question import RepairQuestion
from grader.core.unit_file import FILE_NAME, Unit, digest
from grader.referee.preparation import prepare_visible
from grader.referee.question_bank import UnitBank, load_unit

_ID_LENGTH = 12

# From (folder of sources, folder of releases, unit): write the released notebook of the unit.
Generate = Callable[[Path, Path, str], object]


@dataclass(frozen=True)
class Release:
    """What `grader release` made of one unit; `changed`: anything differs from before."""

    unit: str
    release: str
    folder: Path
    changed: bool


def release(course: Course, unit: str, generate: Generate) -> Release:
    """Release one unit; `generate` is `nbgrader.generation.generate`, or does what it does.

    Raises CourseError naming the file and line that is wrong.
    """
    bank = load_unit(course.solutions / unit)
    shutil.rmtree(course.source / unit, ignore_errors=True)  # a `unit.json` there names a release
    source = write_source(course, unit, bank)
    generate(course.source, course.release, unit)
    name = f"{stem(unit)}.ipynb"
    notebook = nbformat.read(course.release / unit / name, as_version=4)
    described = describe(notebook, bank, course.data)
    notebook.metadata["grader"] = {"unit": unit, "release": described.release}
    released = dumps(notebook)
    for_class = dict(beside(described, course.data))
    swap(source.parent, {name: source.read_bytes(), **for_class})
    swap(course.release / unit, {name: released, **for_class})
    files = {name: released, FILE_NAME: described.dumps().encode()}
    folder = course.notebooks / unit
    changed = _content(folder) != files
    if changed:
        swap(folder, files)
    return Release(unit, described.release, folder, changed)


def write_source(
    course: Course, unit: str, bank: UnitBank | None = None, source: Path | None = None
) -> Path:
    """Write the notebook with solutions that nbgrader reads as its source; its path.

    `source`: the folder of all sources; `build/source`, which a release fills, unless given.
    """
    folder = course.solutions / unit
    notebook = expand(read_lesson(folder / "lesson.py"), bank or load_unit(folder))
    path = (source or course.source) / unit / f"{stem(unit)}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dumps(notebook))
    return path


def describe(notebook: NotebookNode, bank: UnitBank, data: Path) -> Unit:
    """The `unit.json` of a released notebook.

    Its release id stands for notebook, questions and the data sets in `data` that they load.
    """
    text = dumps(notebook)
    if any(mark.encode() in text for mark in (BEGIN, END)):
        message = f"the release of {bank.name} still holds a solution mark; nothing was written"
        raise CourseError(message)
    questions = prepare_visible(bank)
    repairs = [q.repair.data for q in questions.values() if isinstance(q, RepairQuestion)]
    unit = Unit(
        name=bank.name,
        release="",
        questions=questions,
        hints={question.id: question.hints for question in bank.questions.values()},
        scaffolds=_scaffolds(notebook, set(questions)),
        quiz=bank.items,
        given={c.id: c.source for c in notebook.cells if c.cell_type == "code" and is_fixed(c)},
        data=data_of(notebook, repairs, data),
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
