"""Two gradings of one class at once: the second says whose the first is, and does nothing."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.grading_lock import FILE, only_one
from grader.core.errors import SetupError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SOLVED, UNIT

Hand = Callable[..., None]

HOLD = """
import sys
from pathlib import Path
from grader.classroom.course_paths import Course
from grader.classroom.grading_lock import only_one
with only_one(Course(Path(sys.argv[1]), Path(sys.argv[2]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_refused_before_it_begins_and_the_lock_dies_with_its_process(
    course: Course,
    hand_in: Hand,
    judged: Hand,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.PASSED})
    monkeypatch.chdir(course.root)
    command = [sys.executable, "-c", HOLD, str(course.root), str(course.classroom)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        watch, collect = ["watch", "--once", "--settle", "0"], ["collect", str(course.submitted)]
        for words in (["grade"], watch, collect):
            assert main(words) == 2, words
            told = capsys.readouterr().err
            assert f"under way (process {other.pid}, since 20" in told
        assert not (course.autograded / "ann").exists()
        other.kill()
    assert main(["grade", UNIT, "--device", "cpu"]) == 0


def test_where_there_is_no_folder_nothing_is_refused(tmp_path: Path) -> None:
    with only_one(Course(tmp_path, tmp_path / "none")):
        assert not (tmp_path / "none").exists()


def test_it_is_free_again_after_an_error(tmp_path: Path) -> None:
    course, message = Course(tmp_path, tmp_path), "mine"
    for _ in range(2):
        with pytest.raises(SetupError, match="mine"), only_one(course):
            raise SetupError(message)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
