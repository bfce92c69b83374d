"""Bring a class's gradebook to the current release, keeping what people wrote into it.

nbgrader refuses to change an assignment that has submissions. So when a release changed, the
database is first copied beside itself, then the assignment is made anew, and what was in it is put
back (`kept`). Called before a class is run, and before all recording.
"""

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import DatabaseError

from grader.classroom.course_paths import Course
from grader.classroom.engine.environment import hashed, program
from grader.classroom.grading.planning import read_release
from grader.classroom.grading.release_history import note_release
from grader.classroom.hashed_files import read_whole, write_whole
from grader.classroom.nbgrader.generation import generate
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.preserved_grades import keep, put_back
from grader.classroom.publish.releasing import write_source
from grader.core.errors import SetupError
from grader.core.names import stem

_PATTERN = re.compile(r"[\[\]{}*?]")


def register(course: Course, unit: str) -> bool:
    """Make the gradebook know the release of `unit`; True where it had to be changed.

    Raises SetupError where `notebooks/` is not what `solutions/` gives, and for all else that would
    stop nbgrader later: called before a class is run.
    """
    refuse_patterns(course)
    released = read_release(course, unit)
    wanted = _checksums(released)
    course.classroom.mkdir(parents=True, exist_ok=True)
    with nbgrader_environment(), _named(course):
        _check_source(course, unit, wanted)
        note_release(course, unit, released)
        with Gradebook(_url(course)) as gradebook:
            found = _registered(gradebook, unit)
            if found == wanted:
                return False
            kept = keep(gradebook, unit) if found is not None else None
        if kept is not None:
            _copy_beside(course.gradebook, f"{unit}@{released.metadata.grader.release}")
            with Gradebook(_url(course)) as gradebook:
                gradebook.remove_assignment(unit)
        with tempfile.TemporaryDirectory() as nowhere:
            source = write_source(course, unit, source=Path(nowhere) / "source").parents[1]
            generate(source, Path(nowhere) / "release", unit, _url(course))
        if kept is not None:
            with Gradebook(_url(course)) as gradebook:
                put_back(gradebook, unit, kept)
    return True


def _registered(gradebook: Gradebook, unit: str) -> dict[str, str] | None:
    """The checksums that the gradebook has of the unit's cells; None where it has no such unit."""
    try:
        notebook = gradebook.find_notebook(stem(unit), unit)
    except MissingEntry:
        return None
    return {cell.name: cell.checksum for cell in notebook.source_cells}


def _checksums(released: NotebookNode) -> dict[str, str]:
    """What nbgrader remembers of each cell: a hash of source, type, role and points."""
    known = [cell.metadata.nbgrader for cell in released.cells if "nbgrader" in cell.metadata]
    return {str(grading.grade_id): str(grading.checksum) for grading in known}


def is_registered(course: Course, unit: str) -> bool:
    """Whether the gradebook knows the unit as it is released now."""
    if not course.gradebook.is_file():
        return False
    wanted = _checksums(read_release(course, unit))
    with nbgrader_environment(), _named(course), Gradebook(_url(course)) as gradebook:
        return _registered(gradebook, unit) == wanted


def refuse_unreleased(course: Course, unit: str) -> None:
    """Raise SetupError where `solutions/` is not what was released; no gradebook is asked."""
    _check_source(course, unit, _checksums(read_release(course, unit)))


def refuse_patterns(course: Course) -> None:
    """Raise SetupError where nbgrader would take the course's path for a pattern or a template."""
    for folder in (course.root, course.classroom):
        found = _PATTERN.search(str(folder))
        if found:
            message = (
                f"The path {folder} has a {found.group()!r} in it, which nbgrader reads as a "
                "pattern: it would find no submission. Nothing was graded. Move or rename the "
                "folder; none of [ ] { } * ? may stand in its path."
            )
            raise SetupError(message)


@contextmanager
def _named(course: Course) -> Iterator[None]:
    """A gradebook that cannot be opened or written is told, with what mends it."""
    try:
        yield
    except DatabaseError as error:
        message = (
            f"{course.gradebook} cannot be used: {error.orig or error}. Nothing was graded. Check "
            "that you may write it and its folder, and that the disk is not full; where it is "
            "damaged, put a backup in its place (beside it lie copies named before-…)."
        )
        raise SetupError(message) from error


def _check_source(course: Course, unit: str, wanted: dict[str, str]) -> None:
    """Refuse a unit whose solutions are not those that were released.

    Making the release takes a second, so what was found the same is known by the files' hash.
    """
    solutions = course.solutions / unit
    files = [*sorted((solutions / "questions").glob("*.py")), solutions / "quiz.toml"]
    files += [solutions / "lesson.py", course.released(unit)]
    contents = [path.read_bytes() for path in files if path.is_file()]
    mark = hashed([*contents, program().encode()]).encode()
    same = course.classroom / "checked" / f"{unit}.released"
    if read_whole(same) != mark:
        _refuse_another_source(course, unit, wanted)
        write_whole(same, mark)


def _refuse_another_source(course: Course, unit: str, wanted: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as nowhere:
        source = write_source(course, unit, source=Path(nowhere) / "source").parents[1]
        release = Path(nowhere) / "release"
        generate(source, release, unit)
        made = nbformat.read(release / unit / f"{stem(unit)}.ipynb", as_version=4)
    if _checksums(made) != wanted:
        message = (
            f"solutions/{unit} has changed since notebooks/{unit} was released, so learners have "
            f"another notebook than would be graded: {_difference(_checksums(made), wanted)}. "
            f"Nothing was graded. Run `grader release {unit}`, or go back to the solutions that "
            "were released."
        )
        raise SetupError(message)


def _difference(made: dict[str, str], wanted: dict[str, str]) -> str:
    """Which cells differ in text, kind or points, three of them."""
    names = [name for name in {**made, **wanted} if made.get(name) != wanted.get(name)]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"cell {', '.join(names[:3])}{more}"


def _copy_beside(database: Path, release: str) -> None:
    """Copy the database to `gradebook.before-<release>.db`, whole even while others read it."""
    copy = database.with_name(f"{database.stem}.before-{release}{database.suffix}")
    with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _url(course: Course) -> str:
    return f"sqlite:///{course.gradebook}"
