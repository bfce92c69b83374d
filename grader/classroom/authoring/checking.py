"""All checks of a course, part by part: what `grader check` runs and this course's tests ask for.

A part is a name and what is found wrong; a file that cannot even be read ends a unit's checks.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.authoring.demonstration_checks import demonstration_problems
from grader.classroom.authoring.minutes import minutes_problems
from grader.classroom.authoring.notebook_runs import Rehearsal, class_problems, home_problems
from grader.classroom.authoring.problems import Problem
from grader.classroom.authoring.question_checks import question_problems, repair_problems
from grader.classroom.authoring.quiz_checks import quiz_problems
from grader.classroom.authoring.secrecy_checks import Files, secrecy_problems
from grader.classroom.authoring.spoilers import spoiler_problems
from grader.classroom.authoring.trial_course import TrialCourse
from grader.classroom.course_paths import Course
from grader.classroom.publish.handout_archive import contents
from grader.classroom.publish.releasing import Generate, release
from grader.core import unit_file
from grader.core.errors import CourseError
from grader.core.question import REPAIR
from grader.core.unit_file import FILE_NAME
from grader.referee.question_bank import UnitBank, load_unit

RELEASE = "release"


@dataclass(frozen=True)
class Checked:
    """One part of one unit's checks."""

    unit: str
    part: str
    problems: Sequence[Problem]
    seconds: float


def check(
    course: Course, units: Sequence[str], generate: Generate, folder: Path, *, quick: bool
) -> Iterator[Checked]:
    """Check units one after the other, released into `folder`; nothing of the course changes.

    `generate` is `nbgrader.generation.generate`. `quick` leaves out what trains or runs notebooks.
    """
    trial = TrialCourse(course.root, course.classroom, folder)
    banks: list[UnitBank] = []
    for unit in units:
        start = time.monotonic()
        problems = []
        try:
            release(trial, unit, generate)
            banks.append(load_unit(trial.solutions / unit))
        except CourseError as error:
            problems = [Problem(str(error))]
        yield Checked(unit, RELEASE, problems, time.monotonic() - start)
    released = {b.name: unit_file.load(trial.notebooks / b.name / FILE_NAME) for b in banks}
    files = contents(trial, released)
    for bank in banks:
        for part, problems_of in _parts(trial, bank, files, quick=quick).items():
            start = time.monotonic()
            try:
                problems = list(problems_of)
            except CourseError as error:
                problems = [Problem(str(error))]
            yield Checked(bank.name, part, problems, time.monotonic() - start)


def _parts(
    trial: TrialCourse, bank: UnitBank, files: Files, *, quick: bool
) -> dict[str, Iterator[Problem]]:
    """What is looked for in a unit, by the part's name; nothing is done before it is asked for."""
    found = {
        "questions": _in_questions(bank),
        "quiz": quiz_problems(trial, bank),
        "secrets": secrecy_problems(trial, bank, files),
        "minutes": minutes_problems(trial, bank),
        "spoilers": spoiler_problems(trial, bank),
        "demonstrations": demonstration_problems(trial, bank),
    }
    if not quick:
        rehearsal = Rehearsal(trial, bank)
        found["repairs"] = _in_repairs(bank, trial.data)
        found["at home"] = home_problems(rehearsal)
        found["in class"] = class_problems(rehearsal)
    return found


def _in_questions(bank: UnitBank) -> Iterator[Problem]:
    for question in bank.questions.values():
        if question.kind != REPAIR:
            yield from question_problems(question)


def _in_repairs(bank: UnitBank, data: Path) -> Iterator[Problem]:
    for question in bank.questions.values():
        if question.kind == REPAIR:
            yield from repair_problems(question, data)
