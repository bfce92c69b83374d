"""An answer that nobody began is not attempted, whatever its scaffold would do when run."""

import multiprocessing
import pickle
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from grader.classroom.course_paths import Course
from grader.classroom.engine import Job
from grader.classroom.grading.pending_runs import decided
from grader.classroom.grading.planning import Planner
from grader.classroom.grading.unattempted import untouched
from grader.classroom.notebooks.rebuilding import MISSING_NOTE, dumps
from grader.core import unit_file
from grader.core.verdicts import Outcome
from grader.referee.process import ReferencePaths, ReferenceProcess
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT, made_up

ROOT = Path(__file__).resolve().parents[2]
BOTH = {"toy-double", "toy-challenge-1"}


def _job(course: Course, answers: dict[str, str], between: str = "") -> tuple[Job, dict[str, str]]:
    notebook = nbformat.read(course.released(UNIT), as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    if between:
        at = next(i for i, cell in enumerate(notebook.cells) if cell.id == "toy-double")
        notebook.cells.insert(at, new_code_cell(between, id="own-1"))
    described = unit_file.find(course.notebooks / UNIT)
    return Job("ann", UNIT, dumps(notebook), described.questions), described.scaffolds


def test_untouched_answers_are_not_run(course: Course) -> None:
    job, scaffolds = _job(course, {"toy-double-answer": "double = abs"})
    found = untouched(job, scaffolds)
    assert set(found.rest.questions) == {"toy-double"}
    assert b'"id": "toy-challenge-1"' not in found.rest.notebook
    result = found.complete(made_up("ann", found.rest.notebook, {"toy-double": Outcome.PASSED}))
    outcomes = {name: verdict.outcome for name, verdict in result.verdicts.items()}
    assert outcomes == {"toy-double": Outcome.PASSED, "toy-challenge-1": Outcome.NOT_ATTEMPTED}
    assert (result.report.score, result.report.maximum) == (2.0, 3.0)


@pytest.mark.parametrize(
    ("outcome", "told", "points"),
    [
        (Outcome.PASSED, Outcome.PASSED, 2.0),
        (Outcome.WRONG, Outcome.NOT_ATTEMPTED, 0.0),
        (Outcome.BROKEN, Outcome.BROKEN, 0.0),
    ],
)
def test_code_below_an_untouched_answer_may_answer_it(
    course: Course, outcome: Outcome, told: Outcome, points: float
) -> None:
    job, scaffolds = _job(course, {}, between="double = lambda x: 2 * x")
    found = untouched(job, scaffolds)
    assert "toy-double" in found.rest.questions
    verdict = found.complete(made_up("ann", b"", {"toy-double": outcome})).verdicts["toy-double"]
    assert (verdict.outcome, verdict.points) == (told, points)


@pytest.mark.parametrize("source", ["", "  \n", MISSING_NOTE])
def test_an_empty_answer_is_missing(course: Course, source: str) -> None:
    job, scaffolds = _job(course, {"toy-double-answer": source})
    found = untouched(job, scaffolds)
    assert "toy-double" in found.rest.questions
    result = found.complete(made_up("ann", b"", {"toy-double": Outcome.RAISED}))
    assert result.verdicts["toy-double"].outcome is Outcome.MISSING


def test_a_begun_notebook_is_left_alone(course: Course) -> None:
    answers = {"toy-double-answer": "x = 1", "toy-challenge-1-answer": 'toy_challenge_1 = "a"'}
    job, scaffolds = _job(course, answers)
    assert untouched(job, scaffolds).rest == job


def _own(notebook: nbformat.NotebookNode, after: str, source: str) -> None:
    at = next(place for place, cell in enumerate(notebook.cells) if cell.id == after)
    notebook.cells.insert(at + 1, new_code_cell(source, id=f"own-{at}"))


@pytest.mark.parametrize(
    "source",
    ["double = lambda x: 2 * x", "def double(x): return 2 * x", "if True:\n    double = abs"],
)
@pytest.mark.parametrize("answer", [None, "", MISSING_NOTE])
def test_an_answer_below_its_check_is_checked_there(
    course: Course, answer: str | None, source: str
) -> None:
    job, scaffolds = _job(course, {} if answer is None else {"toy-double-answer": answer})
    notebook = nbformat.reads(job.notebook.decode(), as_version=4)
    _own(notebook, "toy-challenge-1", source)
    rest = untouched(replace(job, notebook=dumps(notebook)), scaffolds).rest
    assert "toy-double" in rest.questions
    ids = [cell.id for cell in nbformat.reads(rest.notebook.decode(), as_version=4).cells]
    own = next(place for place, name in enumerate(ids) if name.startswith("own-"))
    assert ids[own + 1] == "toy-double"


def test_an_untouched_answer_runs_where_what_it_calls_was_mended(course: Course) -> None:
    """The scaffold may be right as it is, once a function that it calls is."""
    job, scaffolds = _job(course, {})
    notebook = nbformat.reads(job.notebook.decode(), as_version=4)
    given = next(cell for cell in notebook.cells if cell.id == "code-1")
    given.source += "\nhelper = abs"
    scaffold = next(cell for cell in notebook.cells if cell.id == "toy-double-answer")
    scaffold.source += "\nused = helper"
    scaffolds = {**scaffolds, "toy-double": unit_file.digest(scaffold.source)}
    _own(notebook, "code-1", "helper = round")
    rest = untouched(replace(job, notebook=dumps(notebook)), scaffolds).rest
    assert set(rest.questions) == {"toy-double"}


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*/*.ipynb")))
def test_of_a_release_nothing_is_run(path: Path) -> None:
    described = unit_file.find(path.parent)
    job = Job("ann", described.name, path.read_bytes(), described.questions)
    assert not untouched(job, described.scaffolds).rest.questions


def test_a_notebook_that_answers_nothing_is_decided_without_running_it(course: Course) -> None:
    """With the same words as after a run; one answer, and it has to run."""
    planner = Planner.of(course, UNIT, SETTINGS)
    released = course.released(UNIT).read_bytes()
    result = decided(course, planner, planner.work("ann", released), SETTINGS)
    assert result is not None
    run = untouched(*_job(course, {})).complete(made_up("ann", b"", {}))
    assert result.verdicts == run.verdicts
    assert {verdict.outcome for verdict in result.verdicts.values()} == {Outcome.NOT_ATTEMPTED}
    assert (result.report.score, result.report.maximum) == (0.0, 3.0)
    answered = nbformat.reads(released.decode(), as_version=4)
    for cell in answered.cells:
        cell.source = SOLVED.get(cell.id, cell.source)
    assert decided(course, planner, planner.work("ann", dumps(answered)), SETTINGS) is None


def test_what_is_not_asked_for_is_not_prepared(course: Course) -> None:
    """Where nothing is, not even a process; inputs do not depend on what else is asked for."""
    sources = ReferencePaths(course.solutions, course.data, course.classroom / "cards", "s", "cpu")
    asked = unit_file.find(course.notebooks / UNIT).questions
    with ReferenceProcess(sources) as references:
        assert references.prepare(UNIT, "ann", {}) == {}
        assert not multiprocessing.active_children()
        some = references.prepare(UNIT, "ann", {"toy-double": asked["toy-double"]})
        every = references.prepare(UNIT, "ann")
    assert list(some) == ["toy-double"]
    assert set(every) == BOTH
    assert pickle.dumps(some["toy-double"]) == pickle.dumps(every["toy-double"])
