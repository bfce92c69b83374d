"""What is read from and written to nbgrader's database beside marks."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook

from grader.classroom.collect.student_matching import RosterStudent
from grader.classroom.course_paths import Course
from grader.classroom.grading.due_dates import OwnDates
from grader.classroom.nbgrader.assignment_dates import due, refuse_unknown, set_due
from grader.classroom.nbgrader.database_indexes import add_indexes
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.late_plugin import OwnDueDates
from grader.classroom.nbgrader.preserved_grades import keep, put_back
from grader.classroom.nbgrader.recording_rules import RecordingPolicy
from grader.classroom.nbgrader.student_list import listed
from grader.core.errors import UsageError
from tests.gradebook.conftest import SETTINGS, UNIT

DATE = datetime(2026, 11, 21, 12, tzinfo=UTC)
STORED = DATE.replace(tzinfo=None)


@pytest.fixture
def gradebook(course: Course) -> Iterator[Any]:
    """The class's gradebook, with ann's submission."""
    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as opened:
        opened.add_student("ann", first_name="Ann", email="ann@example.org")
        opened.add_submission(UNIT, "ann", timestamp=STORED)
        yield opened


def test_a_class_without_a_gradebook_has_no_students_and_no_dates(tmp_path: Path) -> None:
    course = Course(tmp_path, tmp_path / "classroom")
    assert listed(course) == []
    assert (due(course, UNIT).date, due(course, UNIT).own) == (None, {})
    assert list(tmp_path.iterdir()) == []  # asking makes no database


def test_students_are_listed_and_what_nbgrader_leaves_open_is_empty(
    course: Course, gradebook: Any
) -> None:
    gradebook.add_student("bob", last_name="Roe", lms_user_id="7")
    assert sorted(listed(course), key=lambda each: each.id) == [
        RosterStudent("ann", "Ann", "", "ann@example.org", ""),
        RosterStudent("bob", "", "Roe", "", "7"),
    ]


def test_indexes_are_added_once_and_used(course: Course) -> None:
    add_indexes(course)
    add_indexes(course)
    with closing(sqlite3.connect(course.gradebook)) as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'grader\\_%' ESCAPE '\\'"
        ).fetchall()
        plan = database.execute("EXPLAIN QUERY PLAN SELECT * FROM grade WHERE notebook_id = 'x'")
        assert "grader_grade_notebook_id" in str(plan.fetchall())
    assert sorted(name for (name,) in names) == [
        "grader_comment_notebook_id",
        "grader_grade_notebook_id",
        "grader_submitted_assignment_student_id",
        "grader_submitted_notebook_assignment_id",
    ]


def test_a_date_is_set_and_taken_back(course: Course) -> None:
    set_due(course, UNIT, "2026-11-21 13:00 +01:00")
    assert due(course, UNIT).date == DATE
    set_due(course, UNIT, "none")
    assert due(course, UNIT).date is None
    assert due(course, "09_unknown").date is None


def test_a_students_own_date_and_extra_time(course: Course, gradebook: Any) -> None:
    set_due(course, UNIT, "2026-11-21 12:00 UTC")
    set_due(course, UNIT, "+2d", "ann")
    assert due(course, UNIT).own == {"ann": DATE + timedelta(days=2)}
    gradebook.db.expire_all()
    assert gradebook.find_submission(UNIT, "ann").extension == timedelta(days=2)
    set_due(course, UNIT, "2026-11-22 12:00 UTC")  # extra time follows the unit's date
    assert due(course, UNIT).own == {"ann": DATE + timedelta(days=3)}
    set_due(course, UNIT, "2026-11-30 12:00 UTC", "ann")
    assert due(course, UNIT).own == {"ann": datetime(2026, 11, 30, 12, tzinfo=UTC)}
    set_due(course, UNIT, "none", "ann")
    assert due(course, UNIT).own == {}
    gradebook.db.expire_all()
    assert gradebook.find_submission(UNIT, "ann").extension is None


def test_dates_that_cannot_be_are_refused_with_what_to_do(course: Course, gradebook: Any) -> None:
    assert gradebook.find_student("ann").id == "ann"
    with pytest.raises(UsageError, match=r"extra time.*add --student ID"):
        set_due(course, UNIT, "+2d")
    with pytest.raises(UsageError, match=r"01_toy has no due date yet.*grader due 01_toy DATE"):
        set_due(course, UNIT, "+2d", "ann")
    with pytest.raises(UsageError, match=r"no student 'anne'.*Did you mean 'ann'"):
        refuse_unknown(course, "anne")
    with pytest.raises(UsageError, match=r"among its submissions\.$"):
        refuse_unknown(course, "xyz")
    refuse_unknown(course, "ann")


def test_nbgraders_late_step_lays_a_students_own_date_upon_the_submission(
    course: Course, gradebook: Any
) -> None:
    gradebook.find_assignment(UNIT).duedate = STORED
    gradebook.db.commit()
    OwnDates.of(course.classroom).keep(UNIT, "ann", "+36h")
    step = OwnDueDates(classroom=str(course.classroom))
    names = {"assignment": UNIT, "student": "ann", "db_url": f"sqlite:///{course.gradebook}"}
    notebook, resources = step.preprocess(new_notebook(), {"nbgrader": names})
    assert (notebook, resources) == (new_notebook(), {"nbgrader": names})
    gradebook.db.expire_all()
    assert gradebook.find_submission(UNIT, "ann").extension == timedelta(hours=36)


def grade(gradebook: Any, name: str = "toy-double") -> Any:
    return gradebook.find_grade(name, "toy", UNIT, "ann")


def test_scores_outlive_a_new_release_and_wait_for_a_person(gradebook: Any) -> None:
    gradebook.find_assignment(UNIT).duedate = STORED
    grade(gradebook).auto_score = 1.5
    grade(gradebook, "toy-challenge-1").auto_score = 1.0
    grade(gradebook, "toy-challenge-1").manual_score = 0.5
    grade(gradebook, "toy-challenge-1").needs_manual_grade = False
    submission = gradebook.find_submission(UNIT, "ann")
    submission.extension = timedelta(days=1)
    submission.notebooks[0].late_submission_penalty = 0.25
    comment = gradebook.find_comment("toy-double-answer", "toy", UNIT, "ann")
    comment.auto_comment, comment.manual_comment = "Wrong.", "Nearly."
    gradebook.db.commit()
    kept = keep(gradebook, UNIT)
    gradebook.remove_submission(UNIT, "ann")
    put_back(gradebook, UNIT, kept)
    assert (grade(gradebook).auto_score, grade(gradebook).needs_manual_grade) == (1.5, True)
    by_hand = grade(gradebook, "toy-challenge-1")
    assert (by_hand.manual_score, by_hand.needs_manual_grade) == (0.5, False)
    again = gradebook.find_submission(UNIT, "ann")
    assert (again.timestamp, again.extension) == (STORED, timedelta(days=1))
    assert again.late_submission_penalty == 0.25
    comment = gradebook.find_comment("toy-double-answer", "toy", UNIT, "ann")
    assert (comment.auto_comment, comment.manual_comment) == ("Wrong.", "Nearly.")
    assert keep(gradebook, UNIT).comments == kept.comments
    assert gradebook.find_assignment(UNIT).duedate == STORED


@pytest.mark.parametrize(("maximum", "auto"), [(1.0, 1.0), (3.0, 1.5)])
def test_a_score_under_another_maximum_is_never_more_than_that(
    gradebook: Any, maximum: float, auto: float
) -> None:
    grade(gradebook).auto_score = 1.5
    gradebook.db.commit()
    kept = keep(gradebook, UNIT)
    gradebook.find_grade_cell("toy-double", "toy", UNIT).max_score = maximum
    put_back(gradebook, UNIT, kept)
    assert (grade(gradebook).auto_score, grade(gradebook).needs_manual_grade) == (auto, True)


def test_a_score_given_by_hand_under_another_maximum_waits(gradebook: Any) -> None:
    grade(gradebook).auto_score, grade(gradebook).manual_score = 1.5, 2.0
    grade(gradebook).needs_manual_grade = False
    gradebook.db.commit()
    kept = keep(gradebook, UNIT)
    gradebook.find_grade_cell("toy-double", "toy", UNIT).max_score = 3.0
    put_back(gradebook, UNIT, kept)
    found = grade(gradebook)
    assert (found.auto_score, found.manual_score, found.needs_manual_grade) == (None, 2.0, True)


def test_scores_of_a_cell_that_is_no_more_are_left_out(gradebook: Any) -> None:
    grade(gradebook).auto_score = 1.5
    gradebook.db.commit()
    kept = keep(gradebook, UNIT)
    gradebook.remove_submission(UNIT, "ann")
    gradebook.db.delete(gradebook.find_grade_cell("toy-challenge-1", "toy", UNIT))
    gradebook.db.commit()
    put_back(gradebook, UNIT, kept)
    cells = {score.cell for score in kept.scores} - {"toy-challenge-1"}
    assert {score.cell for score in keep(gradebook, UNIT).scores} == cells
    assert grade(gradebook).auto_score == 1.5


def marks(course: Course) -> list[str]:
    policy = RecordingPolicy.of(course, UNIT, SETTINGS)
    return [policy.mark(student) for student in ("ann", "bob")]


def test_what_decides_a_mark_changes_its_policy_for_whom_it_concerns(
    course: Course, gradebook: Any
) -> None:
    ann, bob = marks(course)
    assert marks(course) == [ann, bob]
    grade(gradebook).manual_score = 1.0
    gradebook.db.commit()
    by_hand, other = marks(course)
    assert (by_hand != ann, other == bob) == (True, True)
    gradebook.find_assignment(UNIT).duedate = STORED
    gradebook.db.commit()
    dated, also = marks(course)
    assert (dated != by_hand, also != bob) == (True, True)
    OwnDates.of(course.classroom).keep(UNIT, "ann", "+1d")
    extended, same = marks(course)
    assert (extended != dated, same == also) == (True, True)


def test_rules_and_modules_beside_them_count_and_folders_do_not(course: Course) -> None:
    path = course.root / "nbgrader_config.py"
    own = path.read_text()
    before = marks(course)
    path.write_text(f"{own}\nc = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    ruled = marks(course)
    (course.root / "own_rules.py").write_text("SHARE = 0.1\n")
    beside = marks(course)
    assert len({before[0], ruled[0], beside[0]}) == 3
    (course.root / "notes.txt").write_text("nothing")
    assert marks(course) == beside


def test_a_unit_that_is_not_registered_has_rules_all_the_same(course: Course) -> None:
    policy = RecordingPolicy.of(course, "09_new", SETTINGS)
    assert (policy.assignment, policy.due, policy.own) == ((), None, {})
    assert policy.mark("ann") == policy.mark("bob")
