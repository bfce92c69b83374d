"""Late rules, due dates and plug-ins give the marks of `nbgrader autograde`, whoever records."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grader.classroom.class_state import standing
from grader.classroom.cli import main
from grader.classroom.course_paths import CONFIG, Course
from grader.classroom.grading.due_dates import OwnDates, read_date, read_extra
from grader.classroom.grading.entries import Entry
from grader.classroom.grading.planning import plan
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.recording import record
from grader.core.errors import SetupError, UsageError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT

Hand = Callable[..., None]
PASSED = {"toy-double": Outcome.PASSED, "toy-challenge-1": Outcome.PASSED}
DUE = "2026-11-21 12:00 UTC"
TENTH = """
from nbgrader.plugins import BasePlugin


class Tenth(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * {share} * (total_seconds_late // 86400)
"""


@pytest.fixture(autouse=True)
def _inside(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)


@pytest.fixture
def handed(course: Course, hand_in: Hand, judged: Hand) -> Course:
    """Ann in time, bob four days late; both have all three points."""
    for student, day in (("ann", 20), ("bob", 25)):
        hand_in(student, SOLVED)
        judged(student, PASSED)
        time = course.submission(UNIT, student).with_name("timestamp.txt")
        time.write_text(f"2026-11-{day} 12:00:00.000000 UTC\n")
    assert main(["due", UNIT, DUE]) == 0
    return course


def _record(course: Course) -> dict[str, float | None]:
    assert record(course, UNIT, plan(course, UNIT, SETTINGS), SETTINGS) == {}
    return {entry.student: entry.score for entry in standing(course, UNIT, SETTINGS)}


def _configure(course: Course, *lines: str) -> None:
    path = course.root / CONFIG
    kept = path.read_text().partition("# rules\n")[0]
    path.write_text("\n".join([kept + "# rules", "c = get_config()", *lines, ""]))


def _touched(course: Course) -> dict[str, int]:
    paths = course.autograded.glob("*/*/*.ipynb")
    return {path.parts[-3]: path.stat().st_mtime_ns for path in paths}


def test_the_classes_late_rule_counts(handed: Course) -> None:
    _configure(handed, 'c.LateSubmissionPlugin.penalty_method = "zero"')
    assert _record(handed) == {"ann": 3.0, "bob": 0.0}


def test_a_changed_rule_is_recorded_and_nothing_is_run(
    handed: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.classroom.nbgrader.replay_outputs.fill", _never)
    assert _record(handed) == {"ann": 3.0, "bob": 3.0}
    _configure(handed, 'c.LateSubmissionPlugin.penalty_method = "zero"')
    assert _record(handed) == {"ann": 3.0, "bob": 0.0}
    before = _touched(handed)
    assert _record(handed) == {"ann": 3.0, "bob": 0.0}
    assert _touched(handed) == before
    _configure(handed)
    assert _record(handed) == {"ann": 3.0, "bob": 3.0}


def test_a_plug_in_beside_the_configuration_counts_and_so_does_its_change(handed: Course) -> None:
    (handed.root / "tenth.py").write_text(TENTH.format(share=0.1))
    _configure(handed, 'c.AssignLatePenalties.plugin_class = "tenth.Tenth"')
    assert _record(handed) == {"ann": 3.0, "bob": pytest.approx(1.8)}
    (handed.root / "tenth.py").write_text(TENTH.format(share=0.2))
    assert _record(handed) == {"ann": 3.0, "bob": pytest.approx(0.6)}
    assert "tenth" not in sys.modules


@pytest.mark.parametrize("calls", [False, True])
def test_a_rule_beside_the_class_counts_too(handed: Course, *, calls: bool) -> None:
    """In `classroom/`, where nbgrader's commands are called as well."""
    lines = ["c = get_config()", 'c.AssignLatePenalties.plugin_class = "tenth.Tenth"', ""]
    if calls:
        own = (handed.root / CONFIG).read_text().replace("__file__).parent", "__file__).parents[1]")
        lines = [own, *lines]
    (handed.classroom / CONFIG).write_text("\n".join(lines))
    (handed.classroom / "tenth.py").write_text(TENTH.format(share=0.1))
    assert _record(handed) == {"ann": 3.0, "bob": pytest.approx(1.8)}
    (handed.classroom / "tenth.py").write_text(TENTH.format(share=0.2))
    assert _record(handed) == {"ann": 3.0, "bob": pytest.approx(0.6)}
    assert str(handed.classroom) not in sys.path


def test_a_step_of_the_teachers_own_is_taken(handed: Course) -> None:
    (handed.root / "gift.py").write_text(
        "from nbgrader.api import Gradebook\n"
        "from nbgrader.preprocessors import NbGraderPreprocessor\n\n\n"
        "class Gift(NbGraderPreprocessor):\n"
        "    def preprocess(self, nb, resources):\n"
        "        names = resources['nbgrader']\n"
        "        with Gradebook(names['db_url']) as gradebook:\n"
        "            where = (names['notebook'], names['assignment'], names['student'])\n"
        "            gradebook.find_grade('toy-double', *where).extra_credit = 0.5\n"
        "            gradebook.db.commit()\n"
        "        return nb, resources\n"
    )
    _configure(handed, 'c.Autograde.autograde_preprocessors.append("gift.Gift")')
    assert _record(handed) == {"ann": 3.5, "bob": 3.5}


def test_a_changed_due_date_and_a_students_own_count_at_once(handed: Course) -> None:
    _configure(handed, 'c.LateSubmissionPlugin.penalty_method = "zero"')
    assert _record(handed)["bob"] == 0.0
    assert main(["due", UNIT, "2026-12-01"]) == 0
    assert _record(handed)["bob"] == 3.0
    assert main(["due", UNIT, DUE]) == 0
    assert _record(handed)["bob"] == 0.0
    assert main(["due", UNIT, "+4d", "--student", "bob"]) == 0
    assert _record(handed)["bob"] == 3.0
    assert main(["due", UNIT, "2026-11-24 12:00 UTC", "--student", "bob"]) == 0
    assert _record(handed)["bob"] == 0.0
    assert main(["due", UNIT, "none", "--student", "bob"]) == 0
    assert main(["due", UNIT, "none"]) == 0
    assert _record(handed)["bob"] == 3.0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("2026-11-21 18:00 Europe/Berlin", "2026-11-21 18:00:00 Europe/Berlin (UTC+01:00)"),
        ("2026-07-21 18:00 Europe/Berlin", "2026-07-21 18:00:00 Europe/Berlin (UTC+02:00)"),
        ("2026-11-21T18:00-03:00", "2026-11-21 18:00:00 UTC-03:00"),
        ("2026-11-21 18:00 UTC", "2026-11-21 18:00:00 UTC"),
    ],
)
def test_a_due_date_is_told_in_the_zone_that_it_was_given_in(
    course: Course, capsys: pytest.CaptureFixture[str], given: str, told: str
) -> None:
    assert course.released(UNIT).is_file()
    assert main(["due", UNIT, given]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{UNIT}: {told}"


def test_extra_time_given_before_anything_was_handed_in_counts(
    course: Course, hand_in: Hand, judged: Hand, tmp_path: Path
) -> None:
    people = tmp_path / "class.csv"
    people.write_text("id\nbob\n")
    assert main(["roster", "import", str(people)]) == 0
    assert main(["due", UNIT, DUE]) == 0
    assert main(["due", UNIT, "+7d", "--student", "bob"]) == 0
    _configure(course, 'c.LateSubmissionPlugin.penalty_method = "zero"')
    hand_in("bob", SOLVED)
    judged("bob", PASSED)
    course.submission(UNIT, "bob").with_name("timestamp.txt").write_text("2026-11-25 12:00 UTC\n")
    assert _record(course) == {"bob": 3.0}


def test_a_score_given_by_hand_counts_and_its_penalty_follows(handed: Course) -> None:
    (handed.root / "tenth.py").write_text(TENTH.format(share=0.1))
    _configure(handed, 'c.AssignLatePenalties.plugin_class = "tenth.Tenth"')
    _record(handed)
    with nbgrader_environment(), Gradebook(f"sqlite:///{handed.gradebook}") as gradebook:
        gradebook.find_grade("toy-double", "toy", UNIT, "bob").manual_score = 1.0
        gradebook.db.commit()
    entries = {entry.student: entry for entry in standing(handed, UNIT, SETTINGS)}
    assert entries["bob"].score == pytest.approx(2.0 * 0.6)
    assert entries["bob"].points("toy-double") == 1.0
    assert entries["bob"].said("toy-double") == "by hand"


@pytest.mark.long
@pytest.mark.parametrize(("own", "beside"), [("", False), ("+7d", False), ("", True)])
def test_nbgrader_autograde_gives_the_same_marks(handed: Course, own: str, *, beside: bool) -> None:
    folder = handed.classroom if beside else handed.root
    (folder / "tenth.py").write_text(TENTH.format(share=0.1))
    rule = 'c.AssignLatePenalties.plugin_class = "tenth.Tenth"'
    if beside:
        (folder / CONFIG).write_text(f"c = get_config()\n{rule}\n")
    else:
        _configure(handed, rule)
    if own:
        assert main(["due", UNIT, own, "--student", "bob"]) == 0
    ours = _record(handed)
    assert ours["bob"] == (3.0 if own else pytest.approx(1.8))
    with nbgrader_environment(), Gradebook(f"sqlite:///{handed.gradebook}") as gradebook:
        for student in ours:
            gradebook.find_submission(UNIT, student).extension = None
            for notebook in gradebook.find_submission(UNIT, student).notebooks:
                notebook.late_submission_penalty = 0.25
        gradebook.db.commit()
    shutil.rmtree(handed.autograded)
    done = _nbgrader(handed, "autograde", UNIT)
    assert done.returncode == 0, done.stderr
    assert {e.student: e.score for e in _raw(handed)} == ours


def _raw(course: Course) -> list[Entry]:
    """The gradebook's marks with nothing recorded before they are read."""
    from grader.classroom.nbgrader.gradebook_marks import marks

    return [Entry(mark.student, UNIT, mark=mark) for mark in marks(course, UNIT)]


def test_a_configuration_that_cannot_be_read_refuses_before_anything_is_run(
    handed: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    _configure(handed, "c.LateSubmissionPlugin.penalty_method = zero")
    assert main(["grade", "--device", "cpu"]) == 2
    told = capsys.readouterr().err
    assert "name 'zero' is not defined" in told
    assert "Nothing was graded" in told


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("2026-11-21T18:00+01:00", datetime(2026, 11, 21, 17, tzinfo=UTC)),
        ("2026-11-21 18:00 Europe/Berlin", datetime(2026, 11, 21, 17, tzinfo=UTC)),
        ("2026-07-21 18:00:30 America/New_York", datetime(2026, 7, 21, 22, 0, 30, tzinfo=UTC)),
        ("2026-11-21 18:00 UTC", datetime(2026, 11, 21, 18, tzinfo=UTC)),
        ("2026-11-21 UTC", datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)),
        ("2026-11-21T18:00:00Z", datetime(2026, 11, 21, 18, tzinfo=UTC)),
        ("2026-11-21T18:00:00.000Z", datetime(2026, 11, 21, 18, tzinfo=UTC)),
        ("2026-10-25 02:30 Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),  # the later
        ("2026-11-21 18:00+0530", datetime(2026, 11, 21, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_with_its_zone(said: str, utc: datetime) -> None:
    assert read_date(said) == utc


@pytest.mark.parametrize(
    ("said", "hours"),
    [("+2d", 48), ("+36h", 36), ("+2 days", 48), ("+1 hour", 1), ("+1w", 168), ("+30 min", 0.5)],
)
def test_extra_time_is_read(said: str, hours: float) -> None:
    assert read_extra(said) == timedelta(hours=hours)
    assert read_extra(said.replace(" ", "")) == timedelta(hours=hours)  # as it is kept


@pytest.mark.parametrize("said", ["+2", "+2 months", "2d", "-2d", "+2dd"])
def test_what_is_no_extra_time(said: str) -> None:
    assert read_extra(said) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("tomorrow", "'tomorrow' is no date"),
        ("2026-13-01", "month must be in 1..12"),
        ("2026-02-30 UTC", "day"),
        ("21.11.2026", "is no date"),
        ("2026-11-21 9:00", "'2026-11-21 9:00' is no date"),
        ("2026-11-21 6pm", "is no date"),
        ("2026-03-29 02:30 Europe/Berlin", "Europe/Berlin leaves out"),
        ("2026-11-21 18:00 Mars/Olympus", "There is no time zone 'Mars/Olympus'"),
        ("2026-11-21 18:00 ../../etc/passwd", "There is no time zone"),
        ("0001-01-01 00:00 +14:00", "no date"),
        ("+2d", "--student"),
    ],
)
def test_a_date_that_is_none_is_refused_with_what_would_be_one(
    said: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["due", UNIT, said]) == 2
    assert told in capsys.readouterr().err


def test_extra_time_for_nobody_is_refused(
    handed: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["due", UNIT, "+2d", "--student", "bbo"]) == 2
    assert "Did you mean 'bob'?" in capsys.readouterr().err
    assert main(["due", UNIT, "none"]) == 0
    assert main(["due", UNIT, "+2d", "--student", "bob"]) == 2
    assert "set it first" in capsys.readouterr().err


def test_a_damaged_file_of_dates_is_named(course: Course) -> None:
    (course.classroom / "due.json").write_text('{"01_toy": {"ann": "soon"}}')
    with pytest.raises(SetupError, match=r"due\.json cannot be read.*soon"):
        OwnDates.of(course.classroom)


def test_dates_are_shown(handed: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", UNIT, "+36h", "--student", "bob"]) == 0
    capsys.readouterr()
    assert main(["due"]) == 0
    told = capsys.readouterr().out
    assert "2026-11-21 12:00:00 UTC" in told
    assert "bob: " in told
    assert "2026-11-23 00:00:00 UTC" in told


def _never(*_: Any, **__: Any) -> None:
    message = "nothing may be run"
    raise UsageError(message)


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


def test_extra_time_is_what_it_says() -> None:
    own = OwnDates(Path("due.json"), {UNIT: {"bob": "+36h", "cyd": "2026-12-01T00:00:00+00:00"}})
    due = datetime(2026, 11, 21, 12)  # noqa: DTZ001 - as nbgrader keeps it
    assert own.extension(UNIT, "bob", due) == timedelta(hours=36)
    assert own.extension(UNIT, "cyd", due) == timedelta(days=9, hours=12)
    assert own.extension(UNIT, "ann", due) is None
    assert own.extension(UNIT, "bob", None) is None
