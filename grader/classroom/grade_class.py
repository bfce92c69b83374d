"""Grade what was handed in: run what is new, record it, and give the lines that a table shows.

Shared by `grader grade` and `grader watch`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.classroom.course_paths import Course
from grader.classroom.engine import PoolOptions
from grader.classroom.grading.entries import Entry
from grader.classroom.grading.pending_runs import fill, missing
from grader.classroom.grading.planned_entries import entries
from grader.classroom.grading.planning import PlannedRun, plan, read_release
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.recording import check, record, recorded
from grader.classroom.report.progress_bar import progress


@dataclass(frozen=True)
class Graded:
    """What became of a call: a line for each submission asked for, and who else has to be run.

    `older`, by unit: students whose marks stand under an earlier release and who were not asked
    for; what can be judged on their kept answers is. `works` are those asked for, as they were when
    they were run.
    """

    entries: list[Entry]
    older: Mapping[str, Sequence[str]]
    works: Mapping[str, Sequence[PlannedRun]]


def grade(
    course: Course,
    works: Mapping[str, Sequence[PlannedRun]],
    settings: RunSettings,
    pool: PoolOptions,
    *,
    again: bool = False,
) -> Graded:
    """Grade planned work, by unit; with `again` also what has a result. One entry for each.

    What would refuse (solutions that are not released, a configuration or a gradebook that cannot
    be read) refuses before anything is run.
    """
    asked = {unit: planned for unit, planned in works.items() if planned}
    for unit in asked:
        check(course, unit)
    others = {unit: _older(course, unit, planned, settings) for unit, planned in asked.items()}
    every = [work for planned in asked.values() for work in planned]
    pending = [w for w in every if not w.problem] if again else missing(course, every)
    # one start of the workers serves all units
    with progress(len(pending), sum(bool(work.problem) for work in every)) as shown:
        changed = fill(course, pending, settings, pool, shown, again=again)
    now = {(work.unit, work.student): work for work in changed}
    rest = missing(course, [work for planned in others.values() for work in planned])
    fill(course, rest, settings, pool, only_kept=True)
    found, older, done = [], {}, {}
    for unit, planned in asked.items():
        done[unit] = present = [now.get((unit, work.student), work) for work in planned]
        left = {work.student for work in missing(course, others[unit])}
        whole = [*present, *(work for work in others[unit] if work.student not in left)]
        failures = record(course, unit, whole, settings, again=again)
        found += entries(course, present, failures)
        older[unit] = sorted(left)
    return Graded(found, {unit: students for unit, students in older.items() if students}, done)


def _older(
    course: Course, unit: str, planned: Sequence[PlannedRun], settings: RunSettings
) -> list[PlannedRun]:
    """Submissions that are not in `planned` and were recorded under another release."""
    mine = {work.student for work in planned}
    if all(folder.parent.name in mine for folder in course.submitted.glob(f"*/{unit}/")):
        return []
    release = read_release(course, unit).metadata.grader.release
    return [
        work
        for work in plan(course, unit, settings)
        if work.student not in mine
        and recorded(course, unit, work.student).get("release", release) != release
    ]
