"""Set and show due dates in a class's gradebook; called by `grader due`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from grader.classroom.course_paths import Course
from grader.classroom.grading.due_dates import NONE, OwnDates, apply, read_date, read_extra
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.registration import register
from grader.classroom.nbgrader.student_table import known_students
from grader.classroom.submissions.student_names import composed
from grader.core.errors import UsageError
from grader.core.suggestions import did_you_mean


@dataclass(frozen=True)
class Due:
    """A unit's due date in UTC, and those of students who have another one."""

    unit: str
    date: datetime | None
    own: dict[str, datetime]


def set_due(course: Course, unit: str, said: str, student: str | None = None) -> None:
    """Set the date of a unit, or of one student in it; "none" takes it back.

    A student may have extra time, too: "+2d" after whatever the unit's date is. Raises UsageError
    for a date or a student that nobody knows.
    """
    if student is None:
        if read_extra(said) is not None:
            message = f"{said!r} is extra time, which a student can have: add --student ID."
            raise UsageError(message)
        date = None if said == NONE else read_date(said).replace(tzinfo=None)
    elif said != NONE and read_extra(said) is None:
        date = read_date(said)
    else:
        date = None
    register(course, unit)
    from nbgrader.api import Gradebook

    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        assignment = gradebook.find_assignment(unit)
        if student is None:
            assignment.duedate = date
        else:
            _check(course, unit, student, assignment.duedate)
            kept = None if said == NONE else (date.isoformat() if date else said.replace(" ", ""))
            OwnDates.of(course.classroom).keep(unit, student, kept)
            for submission in assignment.submissions:
                if composed(submission.student.id) == composed(student):
                    submission.extension = None
        own = OwnDates.of(course.classroom)
        for submission in assignment.submissions:
            apply(own, unit, submission)
        gradebook.db.commit()


def due(course: Course, unit: str) -> Due:
    """The dates of a unit as the gradebook has them; extensions given elsewhere count, too."""
    from nbgrader.api import Gradebook, MissingEntry

    if not course.gradebook.is_file():
        return Due(unit, None, {})
    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        try:
            assignment = gradebook.find_assignment(unit)
        except MissingEntry:
            return Due(unit, None, {})
        date = assignment.duedate
        if date is None:
            return Due(unit, None, {})
        later: dict[str, timedelta] = {
            s.student.id: s.extension for s in assignment.submissions if s.extension is not None
        }
        dates = OwnDates.of(course.classroom)
        for student in dates.rows.get(unit, {}):
            later[student] = dates.extension(unit, student, date) or timedelta()
        own = {student: (date + by).replace(tzinfo=UTC) for student, by in sorted(later.items())}
        return Due(unit, date.replace(tzinfo=UTC), own)


def _check(course: Course, unit: str, student: str, date: datetime | None) -> None:
    if date is None:
        message = f"{unit} has no due date yet: set it first, with `grader due {unit} DATE`."
        raise UsageError(message)
    refuse_unknown(course, student)


def refuse_unknown(course: Course, student: str) -> None:
    """Raise UsageError for a student of whom this class has never heard, naming the nearest."""
    known = known_students(course)
    if composed(student) not in known:
        message = (
            f"There is no student {student!r} in this class: neither in its roster nor among its "
            f"submissions.{did_you_mean(student, known)}"
        )
        raise UsageError(message)
