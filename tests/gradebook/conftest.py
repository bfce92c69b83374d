"""A released toy course with a class, and results without running any code."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.classroom.course_paths import Course
from grader.classroom.engine import Result
from grader.classroom.engine.jobs import Report
from grader.classroom.grading.planning import Planner, plan
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.generation import generate
from grader.classroom.nbgrader.registration import register
from grader.classroom.publish.releasing import release
from grader.core.verdicts import Outcome, Verdict
from tests.conftest import MakeOnce

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"
UNIT = "01_toy"
SETTINGS = RunSettings(device="cpu")
SOLVED = {"toy-double-answer": "def double(x):\n    return x + x"}
POINTS = {"toy-double": 2.0, "toy-challenge-1": 1.0}

# (cells by id, notebook) of a submission, to be changed
Change = Callable[[dict[str, Any], Any], None]


@pytest.fixture(scope="session")
def released(make_once: MakeOnce) -> Path:
    """The toy course, released and registered once."""

    def make(root: Path) -> None:
        shutil.copytree(FIXTURE, root, ignore=shutil.ignore_patterns("__pycache__"))
        (root / "data").mkdir()
        course = Course(root, root / "classroom")
        release(course, UNIT, generate)
        register(course, UNIT)

    return make_once("toy-course", make)


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Course:
    """A copy that a test may change."""
    root = tmp_path / "course"
    shutil.copytree(released, root)
    return Course(root, root / "classroom")


@pytest.fixture
def hand_in(course: Course) -> Callable[..., None]:
    """Hand in a notebook: `hand_in("ann", {cell id: source})`, or bytes as they are."""

    def hand(student: str, change: dict[str, str] | bytes | Change = b"") -> None:
        path = course.submission(UNIT, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(change, bytes) and change:
            path.write_bytes(change)
            return
        notebook = nbformat.read(course.released(UNIT), as_version=4)
        cells = {cell.id: cell for cell in notebook.cells}
        if callable(change):
            change(cells, notebook)
        elif isinstance(change, dict):
            for name, source in change.items():
                cells[name].source = source
        path.write_text(json.dumps(notebook))  # unlike nbformat, mends no doubled ids

    return hand


@pytest.fixture
def judged(course: Course) -> Callable[..., None]:
    """Keep a made-up result of a student's submission, as if it had been run."""

    def keep(student: str, outcomes: dict[str, Outcome], message: str = "Because.") -> None:
        planner = Planner.of(course, UNIT, SETTINGS)
        for planned in plan(course, UNIT, SETTINGS, student):
            work = planner.complete(course, planned)
            ResultStore(course.results).put(
                work.key, made_up(work.student, work.notebook, outcomes, message)
            )

    return keep


def made_up(
    student: str, notebook: bytes, outcomes: dict[str, Outcome], message: str = "Because."
) -> Result:
    """A result with these outcomes; all points where passed."""
    verdicts = {
        name: Verdict(
            question=name,
            outcome=outcomes.get(name, Outcome.NOT_ATTEMPTED),
            points=maximum if outcomes.get(name) is Outcome.PASSED else 0.0,
            maximum=maximum,
            message=message,
            mistake="squared" if outcomes.get(name) is Outcome.WRONG else None,
        )
        for name, maximum in POINTS.items()
    }
    return Result(Report(student, UNIT, "cpu", "warm", 1.5, verdicts), notebook, 1.5)
