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

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import DatabaseError

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import read_release
from grader.classroom.grading.release_history import note_release
from grader.classroom.nbgrader.generation import generate
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.preserved_grades import keep, put_back
from grader.classroom.nbgrader.released_source import checksums, refuse_unreleased
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
    if course.is_ordinary(unit):  # it is the gradebook's already, or could not be read
        note_release(course, unit, released)
        return False
    wanted = checksums(released)
    course.classroom.mkdir(parents=True, exist_ok=True)
    with nbgrader_environment(), _named(course):
        refuse_unreleased(course, unit)
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


def is_registered(course: Course, unit: str) -> bool:
    """Whether the gradebook knows the unit as it is released now."""
    if not course.gradebook.is_file():
        return False
    if course.is_ordinary(unit):
        read_release(course, unit)
        return True
    wanted = checksums(read_release(course, unit))
    with nbgrader_environment(), _named(course), Gradebook(_url(course)) as gradebook:
        return _registered(gradebook, unit) == wanted


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


def _copy_beside(database: Path, release: str) -> None:
    """Copy the database to `gradebook.before-<release>.db`, whole even while others read it."""
    copy = database.with_name(f"{database.stem}.before-{release}{database.suffix}")
    with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _url(course: Course) -> str:
    return f"sqlite:///{course.gradebook}"
