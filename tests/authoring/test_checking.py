"""`grader check`: a course as it is made is sound, and every slip is found where it is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classroom.authoring.checking import RELEASE, check
from grader.classroom.authoring.problems import Problem
from grader.classroom.authoring.trial_course import TrialCourse
from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.generation import generate
from tests.authoring.conftest import UNIT

Found = dict[str, list[str]]


@pytest.fixture(name="found")
def _found(course: Course, tmp_path: Path) -> Callable[[], Found]:
    """What a quick check of one unit finds, by its part; places without the course's folder."""

    def find() -> Found:
        done = check(course, [UNIT], generate, tmp_path / "trial", quick=True)
        folder = f"{course.solutions / UNIT}/"
        return {
            each.part: [str(problem).replace(folder, "") for problem in each.problems]
            for each in done
            if each.problems
        }

    return find


def edit(course: Course, name: str, old: str, new: str) -> None:
    """Change a file of the unit; what is exchanged stands in it once."""
    path = course.solutions / UNIT / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_course_as_it_is_made_is_sound(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its solved notebook runs at home and earns all in class; untouched, it earns nothing."""
    monkeypatch.chdir(course.root)
    assert main(["check"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "2 units: sound"
    parts = [line.split()[1] for line in said if line.startswith(UNIT)]
    assert parts == [
        *("release", "questions", "quiz", "secrets", "minutes", "spoilers", "demonstrations"),
        *("repairs", "at", "in"),
    ]
    assert not course.notebooks.exists()  # a check changes nothing
    assert not (course.root / "build").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "part", "said"),
    [
        (
            "questions/waves-row-means.py",
            "return x.mean(dim=0)",
            "return x.mean(dim=1)",
            RELEASE,
            "questions/waves-row-means.py, line 44: mistake 'columns' gives what the reference",
        ),
        (
            "questions/waves-row-means.py",
            "    return x.mean()\n",
            "    return x.sum(dim=1)\n",
            "questions",
            "questions/waves-row-means.py, line 46: mistake 'everything' is told as 'sums'",
        ),
        (
            "questions/waves-row-means.py",
            '"`mean` takes the same `dim` as `sum` does."',
            '"`mean` takes the same `dim` as `sum` does"',
            "questions",
            "questions/waves-row-means.py, line 16: 'mean` takes the same `dim` as",
        ),
        (
            "lesson.py",
            "    means = x.mean(dim=1)\n",
            "    means = x.mean(dim=1\n",
            RELEASE,
            "lesson.py, line 42: this cell does not parse: '(' was never closed",
        ),
        (
            "lesson.py",
            "the axis that is gone.",
            "the axis that is gone. That is the mean of each column, with its axis kept.",
            "secrets",
            "what learners get holds a reply of waves-challenge-1: 'That is the mean of",
        ),
        (
            "lesson.py",
            "print(x.sum(dim=0))",
            "table = x",
            "demonstrations",
            "",
        ),
        (
            "lesson.py",
            "# ## Look first",
            "# ## Look here",
            "quiz",
            "quiz.toml, line 2: waves-practice-1: no heading of the lesson is the section 'Look-",
        ),
        (
            "lesson.py",
            "the axis that is gone.",
            "the axis that is gone, see [there](#Nowhere). The first row will be [0, 1].",
            "spoilers",
            "lesson.py, line 24: 'waves-predict-1' is told too early, in markdown-3: …",
        ),
        (
            "lesson.py",
            'lab.reveal("waves-predict-1")',
            "",
            "quiz",
            "waves-predict-1: no cell below says what happened; end the one that shows it",
        ),
        (
            "lesson.py",
            'lab.reveal("waves-predict-1")',
            'lab.reveal("waves-predict-1")\nlab.reveal("waves-predict-2")',
            "quiz",
            "lab.reveal('waves-predict-2') stands above its prediction, or there is none",
        ),
        (
            "quiz.toml",
            'text = "`(2,)`"',
            'text = "`(3,)`"',
            "quiz",
            "quiz.toml, line 2: waves-practice-1: two options have the same text, '`(3,)`'",
        ),
    ],
)
def test_a_slip_is_found_where_it_is(
    course: Course,
    found: Callable[[], Found],
    file: str,
    old: str,
    new: str,
    part: str,
    said: str,
) -> None:
    edit(course, file, old, new)
    if part == "demonstrations":  # what the demonstration binds is needed by an answer
        edit(course, "lesson.py", "    means = x.mean(dim=1)\n", "    means = table.mean(dim=1)\n")
        said = "a demonstration binds or changes what other cells need"
    told = found()
    assert part in told, told
    assert any(said in line for line in told[part]), told[part]


def test_a_course_that_tells_minutes_is_held_to_them(
    course: Course,
    found: Callable[[], Found],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit(course, "lesson.py", "# A cell that only shows", "# *Core, 9 minutes.* A cell that shows")
    (told,) = found()["minutes"]
    assert told.startswith("lesson.py, line 16: it says '*Core, 9 minutes.* A cell")
    assert "counted is '*Core, 1 minute.*" in told
    monkeypatch.chdir(course.root)
    assert main(["check", "--quick", "--write-minutes", UNIT]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 unit: sound (no notebook")


def test_a_problem_ends_in_exit_code_1(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(course, "questions/waves-weights.py", "return 4 * 3\n", "return 4 * 3 + 3\n")
    monkeypatch.chdir(course.root)
    assert main(["check", "--quick"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith("2 units: 1 problem")
    assert f"  {course.solutions / UNIT}/questions/waves-weights.py, line" in "\n".join(said)


def test_a_problem_is_written_as_compilers_write() -> None:
    assert str(Problem("no", Path("a.py"), 3)) == "a.py, line 3: no"
    assert str(Problem("no", Path("a.py"))) == "a.py: no"
    assert str(Problem("a.py, line 3: no")) == "a.py, line 3: no"


def test_a_trial_reads_the_course_and_writes_elsewhere(course: Course, tmp_path: Path) -> None:
    trial = TrialCourse(course.root, course.classroom, tmp_path / "trial")
    assert (trial.solutions, trial.data) == (course.solutions, course.data)
    for path in (trial.notebooks, trial.source, trial.release):
        assert path.is_relative_to(tmp_path / "trial")
