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
_MARKS = """
    SELECT d.name, a.student_id, b.name,
        g.auto_score, g.needs_manual_grade, g.manual_score, g.extra_credit
    FROM grade g JOIN base_cell b ON b.id = g.cell_id
    JOIN submitted_notebook n ON n.id = g.notebook_id
    JOIN submitted_assignment a ON a.id = n.assignment_id
    JOIN assignment d ON d.id = a.assignment_id
"""
Marks = dict[tuple[str, str], dict[str, tuple[Any, ...]]]


def main() -> int:
    """Measure, print a line for each step, and the sum as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.any_assignment")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER")
    corpus = parser.parse_args().corpus
    with tempfile.TemporaryDirectory(prefix="any-assignment-") as place:
        differ, stock, here = _honest(Path(place))
        paid = {"stock": 0, "here": 0}
        tricks = [(functions.SHEET, {"wrong": WRONG, **ATTACKS})]
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
    """Marks that differ, and the seconds of both.

    Stock's command takes one assignment, ours the class's three; it stands between stock's.
    """
    sheets = (functions.SHEET, frames.SHEET, plots.SHEET)
    here_root = place / "here"
    for sheet in sheets:
        _course(place / sheet.name, sheet, sheet.submissions, "stock")
        _course(here_root, sheet, sheet.submissions, "here")
    stock = {sheet.name: 0.0 for sheet in sheets}
    here = 0.0
    for number, sheet in enumerate(sheets):
        if number == 1:
            here = _grade(here_root, "", "here")
            print(f"here: all three, {here:.1f} s", flush=True)
        stock[sheet.name] = _grade(place / sheet.name, sheet.name, "stock")
        print(f"stock: {sheet.name}, {stock[sheet.name]:.1f} s", flush=True)
    ours, differ = _marks(here_root), 0
    for sheet in sheets:
        theirs = _marks(place / sheet.name)
        for student in sheet.submissions:
            for cell, mark in theirs.get((sheet.name, student), {"": ("none",)}).items():
                other = ours.get((sheet.name, student), {}).get(cell)
                if mark != other:
                    differ += 1
                    print(f"{sheet.name}, {student}, {cell}: stock {mark}, here {other}")
    return differ, sum(stock.values()), here


def _attacked(
    place: Path, sheet: Assignment, submissions: Mapping[str, Change]
) -> dict[str, list[str]]:
    """By engine the tricks that earn more than the wrong answers alone.

    Stock grades each in a course of its own: one trick can end its command or change others' marks.
    """
    root = place / "here"
    _course(root, sheet, submissions, "here")
    _grade(root, sheet.name, "here")
    totals = {student: _total(cells) for (_, student), cells in _marks(root).items()}
    stock = {}
    for name, change in submissions.items():
        root = place / f"stock-{name}"
        _course(root, sheet, {name: change}, "stock")
        _grade(root, sheet.name, "stock")
        stock[name] = _total(_marks(root).get((sheet.name, name), {}))
    return {
        engine: sorted(n for n, total in found.items() if total > found["wrong"])
        for engine, found in (("stock", stock), ("here", totals))
    }


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


def _course(root: Path, sheet: Assignment, submissions: Mapping[str, Change], engine: str) -> None:
    """A course with a generated assignment and what was handed in."""
    sheet.write(root / "source")
    _call(root, "nbgrader", "generate_assignment", sheet.name)
    if engine == "here":
        (root / "nbgrader_config.py").write_text(MOVED_IN)
    for student, change in submissions.items():
        sheet.hand_in(root / "release", root / "submitted", student, change)


def _grade(root: Path, name: str, engine: str) -> float:
    """Grade a class by its engine's command; seconds by the clock."""
    words = ["grader", "grade"] if engine == "here" else ["nbgrader", "autograde"]
    start = time.perf_counter()
    _call(root, *words, *([name] if name else []))
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
    """The gradebook: what each cell got, and whether it waits, by assignment and student."""
    found: Marks = {}
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        for name, student, cell, *mark in database.execute(_MARKS):
            found.setdefault((name, student), {})[cell] = (mark[0], bool(mark[1]), mark[2], mark[3])
    return found


def _total(cells: Mapping[str, tuple[Any, ...]]) -> float:
    given = [manual if manual is not None else auto for auto, _, manual, _ in cells.values()]
    extra = [mark[3] or 0.0 for mark in cells.values()]
    return float(sum(each or 0.0 for each in given) + sum(extra))


if __name__ == "__main__":
    sys.exit(main())
