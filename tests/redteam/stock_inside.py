"""Runs in the throwaway bubblewrap of `stock_box`: grade one submission and tell its points."""

import json
import os
import shutil
import sys
from pathlib import Path

from tests.redteam.arena import UNIT
from tests.redteam.stock_box import CELL_SECONDS, FAILED, START_SECONDS, WORD_SECONDS

SAID = "said.txt"


def _main(template: str, now: str, student: str, answer: int) -> None:
    os.set_inheritable(answer, False)
    course = Path(now)
    for each in Path(template).iterdir():
        target = course / each.name
        _ = shutil.copytree(each, target) if each.is_dir() else shutil.copy(each, target)
    _forked(course, student)
    os.write(answer, json.dumps(_told(course)).encode())


def _forked(course: Path, student: str) -> None:
    """nbgrader in a child, which may end in any way; its words go to a file."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    words = os.open(course / SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(words, 1)
    os.dup2(words, 2)
    try:
        _autograde(course, student)
    finally:
        os._exit(0)


def _autograde(course: Path, student: str) -> None:
    from nbgrader.apps.autogradeapp import AutogradeApp

    words = [UNIT, f"--student={student}", "--create", f"--course-dir={course}"]
    words += [
        f"--ExecutePreprocessor.timeout={CELL_SECONDS}",
        f"--ExecutePreprocessor.iopub_timeout={WORD_SECONDS}",
        f"--ExecutePreprocessor.startup_timeout={START_SECONDS}",
    ]
    AutogradeApp.launch_instance(words)


def _told(course: Path) -> tuple[float | str, str]:
    """The submission's score, or a word and nbgrader's last error."""
    # nbgrader removes what it could not grade to the end, and leaves a score of 0 behind
    graded = [path.parts[-3] for path in course.glob(f"autograded/*/{UNIT}/*.ipynb")]
    if not graded:
        return FAILED, _last_error(course)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        # The explanation in words always waits for a person; it has no points.
        return float(book.find_submission(UNIT, graded[0]).score), ""


def _last_error(course: Path) -> str:
    """The last error that nbgrader told of, without where it lay."""
    said = course / SAID
    text = said.read_text(encoding="utf-8", errors="replace") if said.is_file() else ""
    lines = text.splitlines()
    errors = [line for line in lines if "Error" in line or "Exception" in line]
    last = (errors or [line for line in lines if "ERROR" in line] or lines or [""])[-1]
    return last.replace(str(course.parent), "").strip()[-160:]


if __name__ == "__main__":
    _main(*json.loads(sys.argv[1]))
