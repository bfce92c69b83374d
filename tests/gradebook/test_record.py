"""Results reach the gradebook by nbgrader's own Autograde, and what people wrote there stays."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import plan
from grader.classroom.nbgrader.feedback_pages import write_feedback
from grader.classroom.nbgrader.generation import generate
from grader.classroom.nbgrader.gradebook_marks import marks
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.recording import record
from grader.classroom.publish.releasing import release
from grader.core.errors import SetupError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT

PASSED = {"toy-double": Outcome.PASSED, "toy-challenge-1": Outcome.PASSED}
Hand = Callable[..., None]


def _record(course: Course, **options: bool) -> dict[str, str]:
    return record(course, UNIT, plan(course, UNIT, SETTINGS), SETTINGS, **options)


@contextmanager
def _gradebook(course: Course) -> Iterator[Any]:
    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        yield gradebook


def _grade(course: Course, student: str, cell: str = "toy-double") -> tuple[Any, Any, bool]:
    with _gradebook(course) as gradebook:
        grade = gradebook.find_grade(cell, "toy", UNIT, student)
        return grade.auto_score, grade.manual_score, grade.needs_manual_grade


def _comment(course: Course, student: str, cell: str = "toy-double-answer") -> str:
    with _gradebook(course) as gradebook:
        return str(gradebook.find_comment(cell, "toy", UNIT, student).comment)


def test_scores_and_comments_are_the_referees(course: Course, hand_in: Hand, judged: Hand) -> None:
    hand_in("ann", SOLVED)
    hand_in("bob")
    judged("ann", PASSED)
    judged("bob", {"toy-double": Outcome.WRONG}, "Twice x is x + x.")
    assert _record(course) == {}
    assert _grade(course, "ann") == (2.0, None, False)
    assert _grade(course, "bob") == (0.0, None, False)
    told = _comment(course, "bob")
    assert "Wrong, 0 of 2 points." in told
    assert "Twice x is x + x." in told
    assert "squared" in told


def test_words_that_earn_nothing_hold_no_marks_back(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    """Or every submission with an explanation in it would wait for a person, points or no."""
    hand_in("ann", SOLVED | {"toy-double-why": "Because a sum of two equal numbers is twice one."})
    judged("ann", PASSED)
    _record(course)
    assert _grade(course, "ann", "toy-double-why") == (0.0, None, False)
    with _gradebook(course) as gradebook:
        assert not gradebook.find_submission(UNIT, "ann").needs_manual_grade


def test_the_graders_own_failure_is_never_a_zero(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {**PASSED, "toy-double": Outcome.BROKEN})
    _record(course)
    assert _grade(course, "ann") == (None, None, True)
    assert _grade(course, "ann", "toy-challenge-1") == (1.0, None, False)


def test_a_file_that_cannot_be_read_waits_for_a_person_and_stops_nobody(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", b"no json")
    hand_in("bob", SOLVED)
    judged("bob", PASSED)
    assert _record(course) == {}
    assert _grade(course, "ann") == (None, None, True)
    assert "not JSON" in _comment(course, "ann")
    assert _grade(course, "bob") == (2.0, None, False)


def test_duplicated_and_deleted_cells_stop_nobody(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    def duplicate(cells: dict[str, Any], notebook: Any) -> None:
        notebook.cells.append(cells["toy-double"].copy())

    def delete(cells: dict[str, Any], notebook: Any) -> None:
        notebook.cells.remove(cells["toy-double"])
        cells["toy-challenge-1"].metadata.clear()

    hand_in("ann", duplicate)
    hand_in("bob", delete)
    hand_in("cyd", SOLVED)
    for student in ("ann", "bob", "cyd"):
        judged(student, PASSED)
    assert _record(course) == {}
    assert [_grade(course, s)[0] for s in ("ann", "bob", "cyd")] == [2.0, 2.0, 2.0]


def test_a_manual_score_and_a_comment_survive_a_second_grading(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.WRONG})
    _record(course)
    with _gradebook(course) as gradebook:
        gradebook.find_grade("toy-double", "toy", UNIT, "ann").manual_score = 1.5
        comment = gradebook.find_comment("toy-double-answer", "toy", UNIT, "ann")
        comment.manual_comment = "Half of it."
        gradebook.db.commit()
    _record(course, again=True)
    assert _grade(course, "ann") == (0.0, 1.5, False)
    judged("ann", PASSED)
    _record(course, again=True)
    assert _grade(course, "ann") == (2.0, 1.5, True)
    assert _comment(course, "ann") == "Half of it."


def test_what_is_recorded_is_not_recorded_again(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", PASSED)
    _record(course)
    page = course.autograded / "ann" / UNIT / "toy.ipynb"
    before = page.stat().st_mtime_ns
    _record(course)
    assert page.stat().st_mtime_ns == before
    hand_in("ann")
    judged("ann", {})
    _record(course)
    assert _grade(course, "ann")[0] == 0.0


def test_a_changed_release_keeps_manual_scores_and_the_old_database(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", PASSED)
    _record(course)
    with _gradebook(course) as gradebook:
        gradebook.find_grade("toy-double", "toy", UNIT, "ann").manual_score = 1.0
        gradebook.db.commit()
    lesson = course.solutions / UNIT / "lesson.py"
    lesson.write_text(lesson.read_text() + "\n# %% [markdown]\n# One cell more.\n")
    release(course, UNIT, generate)
    judged("ann", PASSED)
    _record(course)
    assert _grade(course, "ann")[:2] == (2.0, 1.0)
    assert len(list(course.classroom.glob("gradebook.before-*.db"))) == 1


def test_solutions_that_were_not_released_are_refused(course: Course, hand_in: Hand) -> None:
    hand_in("ann", SOLVED)
    course.gradebook.unlink()  # registered before by the fixture
    lesson = course.solutions / UNIT / "lesson.py"
    lesson.write_text(lesson.read_text() + "\n# %% [markdown]\n# One cell more.\n")
    with pytest.raises(SetupError, match="grader release"):
        _record(course)


def test_without_a_sandbox_nothing_becomes_a_zero(
    course: Course, hand_in: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ann", SOLVED)
    monkeypatch.setattr(
        "grader.classroom.grading.pending_runs.check_sandbox",
        _raise(SetupError("install bubblewrap")),
    )
    failures = _record(course)
    assert "install bubblewrap" in failures["ann"]
    assert not (course.autograded / "ann" / UNIT).exists()
    assert marks(course, UNIT) == []
    assert "NBGRADER_EXECUTION" not in os.environ


def test_what_the_grader_could_not_judge_is_recorded_again_once_it_could(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    """A worker's end, say: the same file, the same key, and another result the next time."""
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.BROKEN})
    assert _record(course) == {}
    assert _grade(course, "ann") == (None, None, True)
    judged("ann", PASSED)
    assert _record(course) == {}
    assert _grade(course, "ann") == (2.0, None, False)


@pytest.mark.long
def test_the_stock_command_gives_the_same_scores(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    hand_in("bob", b"no json")
    hand_in("cyd")
    judged("ann", PASSED)
    judged("cyd", {"toy-double": Outcome.WRONG})
    _record(course)
    ours = marks(course, UNIT)
    course.gradebook.unlink()
    shutil.rmtree(course.autograded)
    done = _nbgrader(course, "autograde", UNIT)
    assert done.returncode == 0, done.stderr
    assert marks(course, UNIT) == ours


def test_feedback_shows_outcome_message_and_mistake_and_runs_nothing(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", {"toy-double-why": "Because <script>alert(1)</script>."})
    judged("ann", {"toy-double": Outcome.WRONG}, "You `a < b` <img src=x onerror=alert(2)> \\`<b>")
    _record(course)
    assert write_feedback(course, UNIT) == ["ann"]
    page = (course.feedback / "ann" / UNIT / "toy.html").read_text()
    assert "Wrong, 0 of 2 points." in page
    assert "Named mistake: squared." in page
    assert "<code>a &lt; b</code>" in page
    for evil in ("<script>alert", "<img src=x", "<b>x"):
        assert evil not in page


def test_feedback_before_grading_says_what_comes_first(course: Course) -> None:
    with pytest.raises(SetupError, match="grader grade 01_toy"):
        write_feedback(course, UNIT)


def test_outputs_are_replayed_and_the_autograded_copy_names_its_result(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", PASSED)
    _record(course)
    kept = nbformat.read(course.autograded / "ann" / UNIT / "toy.ipynb", as_version=4)
    assert kept.metadata.grader["key"] == plan(course, UNIT, SETTINGS)[0].key


def _nbgrader(course: Course, *words: str) -> subprocess.CompletedProcess[str]:
    folder = Path(sys.executable).parent
    library = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course.root,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        check=False,
    )


def _raise(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_a_look_up_does_not_walk_the_whole_class(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", PASSED)
    _record(course)
    with closing(sqlite3.connect(course.gradebook)) as database:
        for table in ("grade", "comment"):
            asked = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE notebook_id = 'x'"  # noqa: S608
            (step,) = database.execute(asked).fetchall()
            assert step[3].startswith(f"SEARCH {table} USING INDEX")
