"""Killed at any moment, grading goes on where it was: the same marks as an undisturbed run.

Two moments by default; `make faults` tries twenty. The seeds are printed, and GRADER_FAULT_SEED
repeats one.
"""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import plan
from grader.classroom.grading.results import ResultStore
from grader.classroom.nbgrader.gradebook_marks import marks
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT
from tests.waiting import HANGS

Hand = Callable[..., None]
pytestmark = pytest.mark.sandbox
KILLS = int(os.environ.get("GRADER_FAULTS", "2"))
FIRST_SEED = int(os.environ.get("GRADER_FAULT_SEED", str(random.randrange(10**6))))
GRADE = [sys.executable, "-m", "grader", "grade", "--workers", "2", "--device", "cpu"]
# A kill takes a whole tree down; on a busy machine that is not at once.
ANSWERS = [
    SOLVED | {"toy-challenge-1-answer": 'toy_challenge_1 = "b"'},
    {"toy-double-answer": "def double(x):\n    return x * x"},
    {"toy-double-answer": "def double(x):\n    return [1]"},
    SOLVED,
]


@dataclass(frozen=True)
class Undisturbed:
    """What a run without any fault gave, and how long it took."""

    outcome: Any
    seconds: float


@pytest.fixture
def class_(course: Course, hand_in: Hand) -> Course:
    """Four students, one secret."""
    for number, answers in enumerate(ANSWERS):
        hand_in(f"s{number}", answers)
    (course.classroom / "secret").write_text("0" * 64)
    return course


@pytest.fixture
def undisturbed(class_: Course, tmp_path: Path) -> Undisturbed:
    """The same class graded in peace, somewhere else."""
    copy = _copy(class_, tmp_path / "undisturbed")
    start = time.monotonic()
    process = _start(copy)
    assert process.wait() == 0
    return Undisturbed(_outcome(copy), time.monotonic() - start)


@pytest.mark.long
def test_a_grader_or_a_worker_killed_at_any_moment_changes_no_mark(
    class_: Course, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    for seed in range(FIRST_SEED, FIRST_SEED + KILLS):
        chance = random.Random(seed)
        at = chance.uniform(0.0, undisturbed.seconds)
        victim = ("grader", "child")[seed % 2]
        sys.stdout.write(f"seed {seed}: SIGKILL of the {victim} after {at:.2f} s\n")
        course = _copy(class_, tmp_path / f"seed-{seed}")
        process = _start(course)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(at)
        _kill(process, victim, chance)
        process.wait()
        assert _start(course).wait() == 0
        assert _outcome(course) == undisturbed.outcome
        shutil.rmtree(course.root)


def test_ctrl_c_ends_cleanly_and_says_how_to_go_on(class_: Course) -> None:
    process = _start(class_)
    while not any(class_.results.glob("*.result")):
        assert process.poll() is None
        time.sleep(0.05)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the grader and all its children
    said = process.communicate(timeout=HANGS)[1]
    assert process.returncode == 130
    assert "run the same command to go on" in said
    assert "Traceback" not in said
    assert psutil.wait_procs(family, HANGS)[1] == []
    assert _start(class_).wait() == 0
    assert [mark.score for mark in marks(class_, UNIT)] == [3.0, 0.0, 0.0, 2.0]


def _copy(course: Course, root: Path) -> Course:
    shutil.copytree(course.root, root)
    return Course(root, root / "classroom")


def _start(course: Course) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        GRADE,
        cwd=course.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _kill(process: "subprocess.Popen[str]", victim: str, chance: random.Random) -> None:
    """SIGKILL the grader and see its tree vanish, or SIGKILL one of its children."""
    try:
        grader = psutil.Process(process.pid)
        family = grader.children(recursive=True)
        if victim == "grader":
            grader.kill()
            assert psutil.wait_procs(family, HANGS)[1] == []
        elif children := _own(grader):
            chance.choice(children).kill()
    except psutil.NoSuchProcess:
        return


def _own(grader: psutil.Process) -> list[psutil.Process]:
    """The grader's children and its workers, which are children of the server that forks them."""
    children = grader.children()
    return [*children, *(w for child in children if _forks(child) for w in child.children())]


def _forks(process: psutil.Process) -> bool:
    return "multiprocessing.forkserver" in " ".join(process.cmdline())


def _outcome(course: Course) -> Any:
    """Marks, what stands in the gradebook row by row, and the ledgers without their times."""
    with closing(sqlite3.connect(course.gradebook)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            for table in ("student", "submitted_assignment", "submitted_notebook", "grade")
        }
    ledgers = {}
    for work in plan(course, UNIT, SETTINGS):
        result = ResultStore(course.results).get(work.key)
        assert result is not None
        told = result.report.to_json()["questions"].items()
        ledgers[work.student] = [
            (name, {k: v for k, v in q.items() if k != "seconds"}) for name, q in told
        ]
    return marks(course, UNIT), rows, ledgers
