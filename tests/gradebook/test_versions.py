"""After a new release nobody reads as 0: judged again, run, or named before an export."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grader.classroom import engine
from grader.classroom.class_state import standing
from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.engine import Result
from grader.classroom.grading.entries import Entry, State
from grader.classroom.grading.planning import plan
from grader.classroom.nbgrader.generation import generate
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.recording import record
from grader.classroom.nbgrader.registration import register
from grader.classroom.nbgrader.released_source import refuse_unreleased
from grader.classroom.publish.releasing import release
from grader.core.errors import GraderError, SetupError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import POINTS, SETTINGS, SOLVED, UNIT, made_up

Hand = Callable[..., None]
CPU = ("--device", "cpu")
PASSED = {"toy-double": Outcome.PASSED, "toy-challenge-1": Outcome.PASSED}
NEW = """
# %% answer="toy-half"
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% check="toy-half"
lab.check("toy-half", half)
"""


@pytest.fixture(autouse=True)
def _inside(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who has been run, with a made-up result: no code runs."""
    students: list[str] = []

    def run_class(jobs: Any, *_: Any) -> Iterator[tuple[int, Result]]:
        for number, job in enumerate(jobs):
            students.append(job.student)
            yield number, made_up(job.student, job.notebook, PASSED)

    monkeypatch.setattr(engine, "run_class", run_class)
    return students


@pytest.fixture
def class_(course: Course, hand_in: Hand, judged: Hand) -> Course:
    """Ann and bob with all points, recorded."""
    for student in ("ann", "bob"):
        hand_in(student, SOLVED)
        judged(student, PASSED)
    assert record(course, UNIT, plan(course, UNIT, SETTINGS), SETTINGS) == {}
    return course


def _edit(course: Course, name: str, old: str, new: str) -> None:
    path = course.solutions / UNIT / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _revalue(course: Course, points: str) -> None:
    _edit(course, "questions/toy-double.py", "POINTS = 2", f"POINTS = {points}")


def _entries(course: Course) -> dict[str, Entry]:
    return {entry.student: entry for entry in standing(course, UNIT, SETTINGS)}


def _page(course: Course, student: str) -> str:
    return (course.feedback / student / UNIT / "toy.html").read_text(encoding="utf-8")


def _csv(course: Course) -> dict[str, dict[str, str]]:
    text = (course.report / f"{UNIT}.csv").read_text()
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize("what", ["points", "lesson", "syntax"])
def test_what_was_not_released_refuses_before_anything_is_run(
    what: str, class_: Course, hand_in: Hand, ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in("cyd", SOLVED)
    if what == "points":
        _revalue(class_, "4")
    elif what == "lesson":
        _edit(class_, "lesson.py", "Twice x, of any shape.", "Two times x.")
    else:
        _edit(class_, "questions/toy-double.py", "return 2 * x", "return 2 *")
    assert main(["grade", *CPU]) != 0
    told = capsys.readouterr().err
    assert ran == []
    assert ("toy-double" if what == "syntax" else "grader release 01_toy") in told
    with pytest.raises(GraderError):  # as `grader one` asks
        refuse_unreleased(class_, UNIT)


def test_a_path_that_nbgrader_cannot_read_refuses(course: Course, tmp_path: Path) -> None:
    for name in ("x [2026]", "x{1}"):
        odd = Course(tmp_path / name, tmp_path / name / "classroom")
        with pytest.raises(SetupError, match="pattern"):
            register(odd, UNIT)


def test_a_gradebook_that_is_none_refuses_before_anything_is_run(
    class_: Course, hand_in: Hand, ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in("cyd", SOLVED)
    class_.gradebook.write_bytes(b"this is no database, and was one" * 40)
    assert main(["grade", *CPU]) == 2
    assert ran == []
    assert "gradebook.db cannot be" in capsys.readouterr().err


def test_grading_one_after_a_release_makes_nobody_else_a_zero(
    class_: Course, ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _revalue(class_, "4")
    release(class_, UNIT, generate)
    assert main(["grade", *CPU, "--student", "ann"]) == 0
    assert ran == ["ann"]  # made-up results keep no answers: bob would have to be run
    assert "bob" in capsys.readouterr().out
    entries = _entries(class_)
    assert entries["ann"].score is not None
    assert (entries["bob"].score, entries["bob"].state) == (None, State.NOT_GRADED)
    assert main(["export", "csv", *CPU]) == 1
    assert _csv(class_)["bob"]["score"] == ""
    assert "grader grade 01_toy" in _csv(class_)["bob"]["reason"]
    with nbgrader_environment(), Gradebook(f"sqlite:///{class_.gradebook}") as gradebook:
        submission = gradebook.find_submission(UNIT, "bob")
        assert submission.needs_manual_grade
        assert submission.score > 0  # what nbgrader's own export would show meanwhile
    assert main(["grade", *CPU]) == 0
    assert ran == ["ann", "bob"]
    assert _entries(class_)["bob"].score is not None


def test_an_export_between_release_and_grading_names_everybody(
    class_: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    _revalue(class_, "4")
    release(class_, UNIT, generate)
    assert main(["export", "canvas", *CPU]) == 1
    told = capsys.readouterr().out
    assert "2 have no mark" in told
    assert "grader grade 01_toy" in told


@pytest.fixture
def added(class_: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The class after a question was added: what it handed in holds the older release."""
    register(class_, UNIT)
    folder = class_.solutions / UNIT / "questions"
    text = (folder / "toy-double.py").read_text()
    (folder / "toy-half.py").write_text(text.replace("2 * x", "x / 2").replace("doubl", "halv"))
    lesson = class_.solutions / UNIT / "lesson.py"
    lesson.write_text(lesson.read_text() + NEW)
    release(class_, UNIT, generate)
    monkeypatch.setitem(POINTS, "toy-half", 2.0)
    return class_


def _judge(course: Course, judged: Hand, *students: str, half: Outcome = Outcome.MISSING) -> None:
    for student in students:
        judged(student, {**PASSED, "toy-half": half})
    assert record(course, UNIT, plan(course, UNIT, SETTINGS), SETTINGS) == {}


def test_a_question_added_later_is_no_zero_and_can_be_excused(
    added: Course, judged: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    _judge(added, judged, "ann", "bob")
    ann = _entries(added)["ann"]
    assert (ann.state, ann.score, ann.points("toy-half")) == (State.WAITS, None, None)
    assert "the release that this student holds does not have it" in ann.reason
    assert main(["feedback", UNIT]) == 1
    page = _page(added, "ann")
    assert "3 of 5 points so far; 1 of the questions waits for your teacher" in page
    assert "0 of 2" not in page
    assert main(["excuse", UNIT, "toy-half"]) == 0
    assert "excused for ann, bob" in capsys.readouterr().out
    ann = _entries(added)["ann"]
    assert (ann.state, ann.score, ann.maximum) == (State.GRADED, 3.0, 3.0)
    assert main(["export", "csv", *CPU]) == 0
    row = _csv(added)["ann"]
    assert (row["toy-half"], row["toy-half_outcome"], row["score"]) == ("", "excused", "3")
    assert main(["feedback", UNIT]) == 0
    page = _page(added, "ann")
    assert "3 of 3 points" in page
    assert page.count(">excused<") == 2  # in the list, and beside the question
    assert "0 of 2" not in page
    assert main(["report", UNIT, *CPU]) == 0
    assert ">excused<" in (added.report / f"{UNIT}.html").read_text()
    assert main(["excuse", UNIT, "toy-half", "--student", "bob", "--count"]) == 0
    bob = _entries(added)["bob"]
    assert (bob.score, bob.maximum, bob.points("toy-half")) == (3.0, 5.0, 0.0)
    assert main(["excuse", UNIT, "toy-half", "--undo"]) == 0
    assert _entries(added)["bob"].state is State.WAITS


def test_who_holds_the_new_release_and_deleted_the_cell_is_not_excused(
    added: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("cyd", SOLVED | {"toy-half-answer": ""})
    _judge(added, judged, "ann", "bob", "cyd")
    cyd = _entries(added)["cyd"]
    assert (cyd.state, cyd.points("toy-half")) == (State.GRADED, 0.0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["excuse", UNIT, "toy-none"], "It has: toy-double"),
        (["excuse", UNIT, "toy-double", "--student", "zoe"], "There is no student 'zoe'"),
        (["excuse", "09_none", "toy-double"], "There is no unit"),
    ],
)
def test_a_wrong_word_is_refused(
    words: list[str], told: str, class_: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert told in capsys.readouterr().err
