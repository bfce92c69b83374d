"""What `grader new` makes is whole, says what it wrote, and writes over nothing."""

from pathlib import Path

import pytest

from grader.classroom.authoring.example_files import append, filled
from grader.classroom.authoring.new_course import make_course, make_unit
from grader.classroom.authoring.new_question import make_question
from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.config_loading import load as load_config
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.core.errors import UsageError
from grader.core.question import CHOICE, FUNCTION
from grader.referee.question_bank import load_unit
from tests.authoring.conftest import UNIT


def test_a_course_holds_a_unit_and_a_configuration_that_nbgrader_reads(course: Course) -> None:
    assert course.units() == ["01_first", UNIT]
    with nbgrader_environment():
        loaded = load_config(course).config
    assert loaded.CourseDirectory.root == str(course.root)
    assert not course.data.exists()


def test_the_examples_are_of_every_kind(course: Course) -> None:
    bank = load_unit(course.solutions / UNIT)
    assert {q.id: q.kind for q in bank.questions.values()} == {
        "waves-row-means": "function",
        "waves-weights": "value",
    }
    kinds = [(item.id, item.kind) for item in bank.items.values()]
    assert kinds == [
        ("waves-practice-1", "practice"),
        ("waves-challenge-1", "challenge"),
        ("waves-predict-1", "predict"),
        ("waves-door-1", "door"),
        ("waves-door-2", "door"),
    ]
    lesson = (course.solutions / UNIT / "lesson.py").read_text(encoding="utf-8")
    assert lesson.count('# %% door="waves"') == 1  # one cell shows a whole door
    assert len({item.answer for item in bank.items.values()}) == 3  # no letter is a pattern


def test_the_command_says_what_it_wrote_and_what_comes_next(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course.solutions)
    assert main(["new", "unit", "tides"]) == 0
    assert main(["new", "question", "03_tides", "tides-slope"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        "solutions/03_tides/lesson.py",
        "solutions/03_tides/quiz.toml",
        "solutions/03_tides/questions/tides-row-means.py",
    ]
    assert said[-3:] == [
        "solutions/03_tides/questions/tides-slope.py",
        "solutions/03_tides/lesson.py",
        f"Next: cd {course.root}, grader check; grader release",
    ]


def test_a_course_is_made_in_an_empty_folder_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    assert main(["new", "course", str(tmp_path / "mine")]) == 0
    assert main(["new", "course", str(tmp_path / "mine")]) == 2
    assert "is not empty. Name a new folder" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is not empty"):
        make_course(tmp_path / "file")


@pytest.mark.parametrize("name", ["Gates", "3", "a-b", "1_gates"])
def test_what_can_be_no_unit_is_refused(course: Course, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a unit's name: expected a lower-case word"):
        make_unit(course, name)


@pytest.mark.parametrize("name", ["waves", "07_waves", "02_waves"])
def test_a_unit_of_the_same_word_is_refused(course: Course, name: str) -> None:
    """The notebook has the word's name, and a submission is found by it."""
    with pytest.raises(UsageError, match="there is a unit of that name already"):
        make_unit(course, name)


def test_a_unit_may_bring_its_number(course: Course) -> None:
    make_unit(course, "07_two_words")
    assert list(load_unit(course.solutions / "07_two_words").questions) == ["two-words-row-means"]


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("slope", FUNCTION, "cannot be a question's id"),
        ("waves_slope", FUNCTION, "cannot be a question's id"),
        ("waves-row-means", FUNCTION, "has waves-row-means already"),
        ("waves-challenge-1", CHOICE, "has waves-challenge-1 already"),
        ("waves-pick", CHOICE, "expected waves-challenge-1 .earns a point., waves-practice-1"),
    ],
)
def test_what_can_be_no_question_is_refused(
    course: Course, name: str, kind: str, said: str
) -> None:
    before = {path: path.read_bytes() for path in course.solutions.rglob("*.*")}
    with pytest.raises(UsageError, match=said):
        make_question(course, UNIT, name, kind)
    assert {path: path.read_bytes() for path in course.solutions.rglob("*.*")} == before


def test_a_file_that_is_there_is_never_written_over(course: Course) -> None:
    path = course.data / "waves_repair" / "recipe.py"
    path.parent.mkdir(parents=True)
    path.write_text("precious")
    with pytest.raises(UsageError, match=r"recipe\.py is there already"):
        make_question(course, UNIT, "waves-repair", "repair")
    assert path.read_text() == "precious"


def test_an_example_is_filled_in_wholly(tmp_path: Path) -> None:
    assert "$" not in filled("function", id="a-b")
    path = tmp_path / "text"
    path.write_text("no end of line")
    assert append(path, "more\n").read_text() == "no end of line\nmore\n"
