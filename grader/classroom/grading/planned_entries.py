"""The results of planned work, as the lines that tables and pages show."""

from collections.abc import Mapping, Sequence

from grader.classroom.course_paths import Course
from grader.classroom.grading.entries import Entry
from grader.classroom.grading.planning import PlannedRun
from grader.classroom.grading.results import ResultStore


def entries(
    course: Course, works: Sequence[PlannedRun], failures: Mapping[str, str] | None = None
) -> list[Entry]:
    """One entry for each piece of work; `failures` are what recording could not do, by student."""
    store, failed = ResultStore(course.results), failures or {}
    made = []
    for work in works:
        result = store.get(work.key) if work.key else None
        problem = work.problem or failed.get(work.student, "")
        if result is None and not problem:
            problem = f"Not graded yet: run `grader grade {work.unit}`."
        made.append(Entry(work.student, work.unit, result.report if result else None, problem))
    return made
