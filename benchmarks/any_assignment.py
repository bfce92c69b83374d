"""Ordinary nbgrader assignments here and by stock nbgrader, one after the other in one run.

    python -m benchmarks.any_assignment [--corpus FOLDER]

Three assignments with eight honest submissions each: every mark has to be stock's own, and the
clock says how much sooner. Then tricks that want points without the work, by both: paid is what
earns more than the same wrong answers without the trick. A `--corpus` is a folder of further ones:
`base.py` with `build()` (a notebook) and `stubs(nb)` (wrong answers), and modules with `apply(nb)`.
The last line is JSON.
"""

import argparse
import importlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.assignments import frames, functions, plots
from tests.assignments.attacks import ATTACKS, WRONG
from tests.assignments.cells import Assignment, Change

BIN = Path(sys.executable).parent
MOVED_IN = (
    "from grader.classroom.nbgrader import configure\n"
    "configure(get_config(), root=__import__('pathlib').Path(__file__).parent)\n"
)
# It changes the marks of others, so it is handed in alone.
ALONE = ("writes-the-gradebook",)
_MARKS = """
    SELECT a.student_id, b.name, g.auto_score, g.needs_manual_grade, g.manual_score, g.extra_credit
    FROM grade g JOIN base_cell b ON b.id = g.cell_id
    JOIN submitted_notebook n ON n.id = g.notebook_id
    JOIN submitted_assignment a ON a.id = n.assignment_id
"""
Marks = dict[str, dict[str, tuple[Any, ...]]]


def main() -> int:
    """Measure, print a line for each step, and the sum as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.any_assignment")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER")
    corpus = parser.parse_args().corpus
    with tempfile.TemporaryDirectory(prefix="any-assignment-") as place:
        differ, stock, here = _honest(Path(place))
        paid = {"stock": 0, "here": 0}
        tricks = [(functions.SHEET, {"wrong": WRONG, **_without(ATTACKS, ALONE)})]
        tricks += [(functions.SHEET, {"wrong": WRONG, name: ATTACKS[name]}) for name in ALONE]
        if corpus:
            tricks += list(_outside(corpus))
        for number, (sheet, submissions) in enumerate(tricks):
            found = _attacked(Path(place) / f"tricks-{number}", sheet, submissions)
            for engine, names in found.items():
                paid[engine] += len(names)
                print(
                    f"{engine} pays {len(names)} of {len(submissions) - 1}: {', '.join(names)}",
                    flush=True,
                )
    result = {
        "marks_differ": differ,
        "speedup": round(stock / here, 1),
        "attacks_stock": paid["stock"],
        "attacks_here": paid["here"],
    }
    print(json.dumps(result), flush=True)
    return 0 if not differ else 1


def _honest(place: Path) -> tuple[int, float, float]:
    """Marks that differ, and the seconds of both."""
    differ, stock, here = 0, 0.0, 0.0
    for sheet in (functions.SHEET, frames.SHEET, plots.SHEET):
        marks, seconds = {}, {}
        for engine in ("stock", "here"):
            root = place / f"{sheet.name}-{engine}"
            _course(root, sheet, sheet.submissions, engine)
            seconds[engine] = _grade(root, sheet, engine)
            marks[engine] = _marks(root)
        stock, here = stock + seconds["stock"], here + seconds["here"]
        for student in sheet.submissions:
            for cell in marks["stock"].get(student, {"": ("none",)}):
                one = marks["stock"].get(student, {}).get(cell)
                other = marks["here"].get(student, {}).get(cell)
                if one is None or one != other:
                    differ += 1
                    print(f"{sheet.name}, {student}, {cell}: stock {one}, here {other}")
        print(
            f"{sheet.name}: {len(sheet.submissions)} submissions, stock {seconds['stock']:.1f} s, "
            f"here {seconds['here']:.1f} s",
            flush=True,
        )
    return differ, stock, here


def _attacked(
    place: Path, sheet: Assignment, submissions: Mapping[str, Change]
) -> dict[str, list[str]]:
    """By engine the tricks that earn more than the wrong answers alone."""
    found = {}
    for engine in ("stock", "here"):
        root = place / engine
        _course(root, sheet, submissions, engine)
        _grade(root, sheet, engine)
        totals = {student: _total(cells) for student, cells in _marks(root).items()}
        worth = totals.pop("wrong")
        found[engine] = sorted(name for name, total in totals.items() if total > worth)
    return found


def _outside(corpus: Path) -> Iterable[tuple[Assignment, dict[str, Change]]]:
    """The tricks of a folder, each in a class of its own, because some change others' marks."""
    sys.path.insert(0, str(corpus))
    base: Any = importlib.import_module("base")
    notebook = base.build()
    for path in sorted(corpus.glob("[0-9]*.py")):
        trick: Any = importlib.import_module(path.stem)
        if getattr(trick, "KIND", "") == "control":
            continue
        own = Assignment("outside", notebook.cells, {}, {})
        yield own, {"wrong": base.stubs, path.stem.replace("_", "-"): _applied(trick)}


def _applied(trick: Any) -> Change:
    def change(notebook: Any) -> None:
        notebook.cells = trick.apply(notebook).cells

    return change


def _without(changes: Mapping[str, Change], names: Iterable[str]) -> dict[str, Change]:
    return {name: change for name, change in changes.items() if name not in names}


def _course(root: Path, sheet: Assignment, submissions: Mapping[str, Change], engine: str) -> None:
    """A course with a generated assignment and what was handed in."""
    sheet.write(root / "source")
    _call(root, "nbgrader", "generate_assignment", sheet.name)
    if engine == "here":
        (root / "nbgrader_config.py").write_text(MOVED_IN)
    for student, change in submissions.items():
        sheet.hand_in(root / "release", root / "submitted", student, change)


def _grade(root: Path, sheet: Assignment, engine: str) -> float:
    """Grade a class by its engine's command; seconds by the clock."""
    words = ["grader", "grade"] if engine == "here" else ["nbgrader", "autograde"]
    start = time.perf_counter()
    _call(root, *words, sheet.name)
    return time.perf_counter() - start


def _call(root: Path, *words: str) -> None:
    """Run a command in a course; a class that is graded in part is no reason to stop."""
    environment = {**os.environ, "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]])}
    environment["HOME"] = str(root)
    done = subprocess.run(
        [str(BIN / words[0]), *words[1:]],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1, -9}:
        sys.exit(done.stdout + done.stderr)


def _marks(root: Path) -> Marks:
    """The gradebook: what each cell got, by student; what a person will give does not count."""
    found: Marks = {}
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        for student, cell, *mark in database.execute(_MARKS):
            found.setdefault(student, {})[cell] = (mark[0], bool(mark[1]), mark[2], mark[3])
    return found


def _total(cells: Mapping[str, tuple[Any, ...]]) -> float:
    given = [manual if manual is not None else auto for auto, _, manual, _ in cells.values()]
    extra = [mark[3] or 0.0 for mark in cells.values()]
    return float(sum(each or 0.0 for each in given) + sum(extra))


if __name__ == "__main__":
    sys.exit(main())
