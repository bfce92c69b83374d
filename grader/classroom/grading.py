"""Grade what was handed in: run what is new, record it, and give the lines that a table shows.

Shared by `grader grade` and `grader watch`.
"""

from collections.abc import Mapping, Sequence

from grader.classroom.course import Course
from grader.classroom.engine import Crew
from grader.classroom.feedback.entry import Entry
from grader.classroom.feedback.progress import progress
from grader.classroom.gradebook.entries import entries
from grader.classroom.gradebook.fill import fill, missing
from grader.classroom.gradebook.plan import Work
from grader.classroom.gradebook.record import record
from grader.classroom.gradebook.settings import Settings


def grade(
    course: Course,
    works: Mapping[str, Sequence[Work]],
    settings: Settings,
    crew: Crew,
    *,
    again: bool = False,
) -> list[Entry]:
    """Grade planned work, by unit; with `again` also what has a result. One entry for each."""
    every = [work for planned in works.values() for work in planned]
    pending = [w for w in every if not w.problem] if again else missing(course, every)
    # one start of the workers serves all units
    with progress(len(pending)) as shown:
        fill(course, pending, settings, crew, shown, again=again)
    return [
        entry
        for unit, planned in works.items()
        if planned
        for entry in entries(course, planned, record(course, unit, planned, settings, again=again))
    ]
