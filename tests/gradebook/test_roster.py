"""A class list is taken whole or not at all; who is missing or has withdrawn stands where due."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classroom.class_state import standing
from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.grading.entries import State
from grader.classroom.nbgrader.student_table import Person, roster
from grader.classroom.roster_file import read_people
from grader.core.errors import UsageError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT

Hand = Callable[..., None]
PASSED = {"toy-double": Outcome.PASSED, "toy-challenge-1": Outcome.PASSED}
CPU = ("--device", "cpu")
ANN = Person("ann", "Ann", "Lee", "ann@example.org", "s7")


@pytest.fixture(autouse=True)
def _inside(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)


def _read(tmp_path: Path, content: str | bytes) -> list[Person]:
    path = tmp_path / "class.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_people(path)


@pytest.mark.parametrize(
    "content",
    [
        "student_id,first_name,last_name,email,lms_user_id\nann,Ann,Lee,ann@example.org,s7\n",
        "Student,ID,SIS User ID,SIS Login ID,Email\n    Points Possible,,,,\n"
        '"Lee, Ann",4711,s7,ann,ann@example.org\n"Student, Test",1,,x,\n',
        "First name;Surname;Username;ID number;Email address\r\nAnn;Lee;ann;s7;ann@example.org\r\n",
        "\ufeffUsername\tName\tE-Mail\tlms id\n\nann\tAnn Lee\tann@example.org\ts7\n",
        "id,name,mail,sid\nann,Ann Lee,ann@example.org,s7\nann,Ann Lee,ann@example.org,s7\n",
    ],
)
def test_a_list_of_any_campus_system_is_read(content: str, tmp_path: Path) -> None:
    assert _read(tmp_path, content) == [ANN]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8", "utf-8-sig"])
def test_a_spreadsheets_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    (person,) = _read(tmp_path, "id;Nachname\njos;Müller\n".encode(encoding))
    assert person.last_name == "Müller"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("first name,last name\nAnn,Lee\n", "no column with the students' ids"),
        ("id\n", "no student below them"),
        ("id,email\nann,a@x\n,b@x\n", "line 3: the id is empty"),
        ("id\n../ann\n", "line 2: '../ann' cannot be a student's id"),
        ("id,email\nann,a@x\nann,b@x\n", "line 3: 'ann' stood in line 2 already"),
        ("id,withdrawn\nann,perhaps\n", "does not say whether ann has withdrawn"),
        (b"PK\x03\x04rest", "is no CSV file"),
        (b"id\0\n", "is no text"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_the_line(
    content: str | bytes, told: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=told):
        _read(tmp_path, content)


def test_an_import_tells_what_it_did_and_forgets_nobody(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name,email\nann,Ann Lee,a@x\nbob,Bob Ray,\n")
    assert main(["roster", "import", str(path)]) == 0
    path.write_text("id,name,email\nann,,b@x\ncyd,Cyd,\n")
    assert main(["roster", "import", str(path)]) == 0
    told = capsys.readouterr().out
    assert "1 added, 1 changed, 0 as before" in told
    assert "not in " in told
    assert "bob" in told
    people = roster(course)
    assert sorted(people) == ["ann", "bob", "cyd"]
    assert (people["ann"].name, people["ann"].email) == ("Ann Lee", "b@x")


def test_missing_and_withdrawn_students_stand_where_they_belong(
    course: Course, hand_in: Hand, judged: Hand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name,withdrawn\nann,Ann Lee,\nbob,Bob Ray,\ncyd,Cyd Poe,yes\n")
    assert main(["roster", "import", str(path)]) == 0
    for student in ("ann", "cyd"):
        hand_in(student, SOLVED)
        judged(student, PASSED)
    assert main(["grade", *CPU]) == 0
    told = capsys.readouterr().out
    assert "bob" in told
    assert "missing" in told
    assert "withdrawn, not counted: cyd" in told
    states = {entry.student: entry.state for entry in standing(course, UNIT, SETTINGS)}
    assert states == {"ann": State.GRADED, "bob": State.MISSING, "cyd": State.WITHDRAWN}
    assert main(["report", *CPU]) == 0
    page = (course.report / f"{UNIT}.html").read_text()
    assert "Nothing was handed in by bob" in page
    assert "in no number here: cyd" in page
    assert main(["export", "csv", *CPU]) == 0
    text = (course.report / f"{UNIT}.csv").read_text()
    assert "Bob Ray" in text
    assert "cyd" not in text
    assert main(["roster", "return", "cyd"]) == 0
    assert main(["grade", *CPU]) == 0
    states = {entry.student: entry.state for entry in standing(course, UNIT, SETTINGS)}
    assert states["cyd"] is State.GRADED


def test_what_nobody_sees_in_a_name_is_left_out(tmp_path: Path) -> None:
    content = 'id,name\n\u200fann\xa0,"Ann\nLee "\n'
    assert _read(tmp_path, content) == [Person("ann", "Ann", "Lee")]


def test_a_second_folder_by_the_same_name_is_refused_and_told(
    hand_in: Hand, judged: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    """The accent is one character or two; the folder that is graded must not hide the other."""
    for student in ("Jos\u00e9", "Jose\u0301"):
        hand_in(student, SOLVED)
    judged("Jos\u00e9", PASSED)
    assert main(["grade", *CPU]) == 1
    told = capsys.readouterr().out
    assert "one of two folders by the same name" in " ".join(told.split())


def test_withdrawing_somebody_unknown_is_refused(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["roster", "withdraw", "zoe"]) == 2
    assert "There is no student 'zoe'" in capsys.readouterr().err
    assert main(["roster"]) == 2
    assert "grader roster import CSV" in capsys.readouterr().err


def test_feedback_report_and_export_end_as_grade_does(
    course: Course, hand_in: Hand, judged: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["feedback"], ["report", *CPU], ["export", "csv", *CPU], ["grade", *CPU]):
        assert main(words) == 2
        assert "There is no submission" in capsys.readouterr().err
    hand_in("ann", SOLVED)
    judged("ann", PASSED)
    hand_in("bob", b"<<<<<<< HEAD\n")
    assert main(["grade", *CPU]) == 1
    for words in (["feedback"], ["report", *CPU], ["export", "moodle", *CPU]):
        assert main(words) == 1
        told = capsys.readouterr().out
        assert "1 have no mark" in told
        assert "bob: " in told
    page = (course.feedback / "bob" / UNIT / "toy.html").read_text()
    assert "No points yet: your teacher looks at this first." in page
    assert "0 of 3 points" not in page
    (row,) = (r for r in (course.report / f"{UNIT}-moodle.csv").open() if r.startswith("bob"))
    assert row.startswith('bob,,,"No mark yet: ')
