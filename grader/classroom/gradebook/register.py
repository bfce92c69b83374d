"""Bring a class's gradebook to the current release, keeping what people wrote into it.

nbgrader refuses to change an assignment that has submissions. So when a release changed, the
database is first copied beside itself, then the assignment is made anew, and manual scores,
comments, the due date and the times of submission are put back. Called before all recording.
"""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from grader.classroom.course import Course
from grader.classroom.gradebook.assignment import generate
from grader.classroom.gradebook.inprocess import nbgrader_environment
from grader.classroom.gradebook.plan import read_release
from grader.classroom.publish.release import write_source
from grader.core.errors import SetupError
from grader.core.names import stem


def register(course: Course, unit: str) -> bool:
    """Make the gradebook know the release of `unit`; True where it had to be changed.

    Raises SetupError where `notebooks/` is not what `solutions/` gives.
    """
    released = read_release(course, unit)
    wanted = _checksums(released)
    course.classroom.mkdir(parents=True, exist_ok=True)
    with nbgrader_environment():
        with Gradebook(_url(course)) as gradebook:
            found = _registered(gradebook, unit)
            if found == wanted:
                return False
            kept = _keep(gradebook, unit) if found is not None else None
        _refuse_another_source(course, unit, wanted)
        if kept is not None:
            _copy_beside(course.gradebook, f"{unit}@{released.metadata.grader.release}")
            with Gradebook(_url(course)) as gradebook:
                gradebook.remove_assignment(unit)
        with tempfile.TemporaryDirectory() as nowhere:
            generate(course.source, Path(nowhere), unit, _url(course))
        if kept is not None:
            with Gradebook(_url(course)) as gradebook:
                _put_back(gradebook, unit, kept)
    return True


@dataclass(frozen=True)
class _Kept:
    """What people, not programs, put into the gradebook.

    Rows: submissions have student and time; scores student, cell, manual score and extra credit;
    comments student, cell and text.
    """

    due: Any
    submissions: list[tuple[str, Any]]
    scores: list[tuple[str, str, float | None, float | None]]
    comments: list[tuple[str, str, str]]


def _keep(gradebook: Gradebook, unit: str) -> _Kept:
    assignment = gradebook.find_assignment(unit)
    kept = _Kept(assignment.duedate, [], [], [])
    for submission in assignment.submissions:
        student = submission.student.id
        kept.submissions.append((student, submission.timestamp))
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                if grade.manual_score is not None or grade.extra_credit is not None:
                    row = (student, grade.name, grade.manual_score, grade.extra_credit)
                    kept.scores.append(row)
            for comment in notebook.comments:
                if comment.manual_comment is not None:
                    kept.comments.append((student, comment.name, comment.manual_comment))
    return kept


def _put_back(gradebook: Gradebook, unit: str, kept: _Kept) -> None:
    """Write the kept things again; those of cells that are no more stay in the old copy."""
    gradebook.update_or_create_assignment(unit, duedate=kept.due)
    for student, timestamp in kept.submissions:
        gradebook.update_or_create_submission(unit, student, timestamp=timestamp)
    for student, cell, score, extra in kept.scores:
        try:
            grade = gradebook.find_grade(cell, stem(unit), unit, student)
        except MissingEntry:
            continue
        grade.manual_score, grade.extra_credit = score, extra
        grade.needs_manual_grade = True
    for student, cell, text in kept.comments:
        try:
            gradebook.find_comment(cell, stem(unit), unit, student).manual_comment = text
        except MissingEntry:
            continue
    gradebook.db.commit()


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


def _refuse_another_source(course: Course, unit: str, wanted: dict[str, str]) -> None:
    write_source(course, unit)
    generate(course.source, course.release, unit)
    made = nbformat.read(course.release / unit / f"{stem(unit)}.ipynb", as_version=4)
    if _checksums(made) != wanted:
        message = (
            f"solutions/{unit} has changed since notebooks/{unit} was released, so learners have "
            f"another notebook than would be graded. Run `grader release {unit}`, or go back to "
            "the solutions that were released."
        )
        raise SetupError(message)


def _copy_beside(database: Path, release: str) -> None:
    """Copy the database to `gradebook.before-<release>.db`, whole even while others read it."""
    copy = database.with_name(f"{database.stem}.before-{release}{database.suffix}")
    with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _url(course: Course) -> str:
    return f"sqlite:///{course.gradebook}"
