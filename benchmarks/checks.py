"""Time every check in a learner's notebook: it should answer within a second, offline.

    make checks                                or: python -m benchmarks.checks [UNIT ...]

Each unit's released `unit.json` stands alone in an empty folder, as in a learner's; the solved
cells run above their checks, and each check is timed three times, once torch is loaded. Repairs are
left out: their check trains, says so first, and takes what the training takes. It prints a line a
unit and ends with one JSON object: {"checks": 21, "slowest_ms": 40.2, "slowest": "gru-cell"}.
Exit code 1 where a check took a second or more.
"""

import contextlib
import io
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from grader.classroom.course_paths import Course
from grader.classroom.publish.lesson_parser import read_lesson
from grader.classroom.publish.notebook_builder import BEGIN, END, expand
from grader.core.demonstrations import TAG
from grader.core.question import REPAIR
from grader.core.unit_file import FILE_NAME
from grader.referee.question_bank import UnitBank, load_unit

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT, ROOT / "classroom")
TIMES = 3


def graded_cells(bank: UnitBank) -> Iterator[tuple[str, str]]:
    """Id and source of the solved cells that checks need, and of the checks but the repairs'."""
    repairs = {q.id for q in bank.questions.values() if q.kind == REPAIR}
    notebook = expand(read_lesson(COURSE.solutions / bank.name / "lesson.py"), bank)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or "nbgrader" not in cell.metadata:
            continue
        if TAG not in tags and cell.id not in repairs:
            lines = cell.source.splitlines()
            yield cell.id, "\n".join(line for line in lines if line.strip() not in {BEGIN, END})


def measure(bank: UnitBank) -> dict[str, float]:
    """The quickest of some tries of each check, in milliseconds."""
    checks = {*bank.questions, *bank.challenges}
    names: dict[str, Any] = {}
    found = {}
    with _alone(bank.name):
        for name, source in graded_cells(bank):
            tries = []
            said = io.StringIO()
            for _ in range(TIMES if name in checks else 1):
                started = time.perf_counter()
                with contextlib.redirect_stdout(said):
                    exec(compile(source, name, "exec"), names)  # noqa: S102  the course's own
                tries.append(1000 * (time.perf_counter() - started))
            if name in checks:
                if said.getvalue().count(f"{name}: passed") != TIMES:
                    raise SystemExit(said.getvalue())
                found[name] = min(tries)
    return found


@contextlib.contextmanager
def _alone(unit: str) -> Iterator[None]:
    """Work in an empty folder that holds the unit's `unit.json`."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(COURSE.notebooks / unit / FILE_NAME, folder)
        os.environ["GRADER_DATA"] = str(COURSE.data)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def main(units: Sequence[str]) -> int:
    """Measure, print, judge."""
    print(f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}")
    found: dict[str, float] = {}
    for unit in COURSE.chosen(units):
        made = measure(load_unit(COURSE.solutions / unit))
        slowest = max(made, key=lambda name: made[name])
        print(f"{unit:<12} {len(made):2} checks, slowest {made[slowest]:6.1f} ms ({slowest})")
        found |= made
    slowest = max(found, key=lambda name: found[name])
    told = {"checks": len(found), "slowest_ms": round(found[slowest], 1), "slowest": slowest}
    print(json.dumps(told))
    return 0 if found[slowest] < 1000 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
