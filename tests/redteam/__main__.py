"""`make redteam`: run the corpus, print its table; the last line is one JSON object.

Two rows run at a time. FULL=1 runs every row in the warm and in the cold sandbox; STOCK=1 first
records what stock nbgrader gives, in `stock.json`, for rows that have no record of their present
content; with ROWS it records those anew.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.redteam.arena import build_arena
from tests.redteam.case import REMAINING, Case, all_cases
from tests.redteam.rows import Row, run_part
from tests.redteam.stock import Record, counts, fits, read_stock, record_stock, words_met

AT_A_TIME = 2
# Kernels forked from a warm process, as a class gets them, and kernels started by themselves.
FAST, COLD = "warm", "cold"


def run_corpus(cases: Sequence[Case], sandbox: str, arena: Path, folder: Path) -> list[Row]:
    """All rows, two at a time. Raises RuntimeError where the harness itself fails."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(AT_A_TIME, context) as pool:
        parts = [cases[number::AT_A_TIME] for number in range(AT_A_TIME)]
        asked = []
        for number, part in enumerate(parts):
            place = folder / f"{sandbox}-{number}"
            place.mkdir()
            asked.append(pool.submit(run_part, part, arena, place, sandbox))
        found: list[Row] = []
        for each in asked:
            rows, failure = each.result()
            if failure:
                raise RuntimeError(failure)
            found += rows
    return sorted(found, key=lambda row: row.case.name)


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; exit code 1 where anything is not as the corpus says."""
    parser = argparse.ArgumentParser(prog="make redteam")
    parser.add_argument("--full", action="store_true", help="every row warm and cold")
    parser.add_argument("--stock", action="store_true", help="record stock nbgrader first")
    parser.add_argument("--sandbox", choices=[FAST, COLD], help="every row in this one only")
    parser.add_argument("rows", nargs="*", help="only these rows")
    asked = parser.parse_args(words)
    cases = [case for case in all_cases() if not asked.rows or case.name in asked.rows]
    if asked.stock:
        record_stock(cases, anew=bool(asked.rows))
    recorded = read_stock()
    stock = {case.name: recorded[case.name] for case in cases if fits(recorded, case)}
    faults, unearned, effects, ran = 0, 0.0, 0, 0
    with tempfile.TemporaryDirectory(prefix="redteam.") as scratch:
        arena = Path(scratch) / "arena"
        build_arena(arena)
        for sandbox, chosen in _plan(cases, asked.sandbox, full=asked.full):
            rows = run_corpus(chosen, sandbox, arena, Path(scratch))
            _print(rows, sandbox, stock)
            ran += len(rows)
            faults += sum(bool(row.faults) or row.is_late for row in rows)
            held = [row for row in rows if row.case.outcome != REMAINING]
            unearned += sum(row.unearned for row in held)
            effects += sum(len(row.effects) for row in held)
    for line in words_met(cases, stock):
        print(line)
    told = {
        "cases": len(cases),
        "runs": ran,
        "remaining": sum(case.outcome == REMAINING for case in cases),
        "unearned": round(unearned, 6),
        "side_effects": effects,
        "not_as_said": faults,
        "stock": counts(cases, stock),
    }
    print(json.dumps(told))
    return 1 if faults or unearned or effects else 0


def _plan(cases: list[Case], only: str | None, *, full: bool) -> list[tuple[str, list[Case]]]:
    if only:
        return [(only, cases)]
    return [(FAST, cases), (COLD, cases if full else [case for case in cases if case.cold])]


def _print(rows: Sequence[Row], sandbox: str, stock: Mapping[str, Record]) -> None:
    head = f"{'row':<30} {'deserved':>8} {'stock':>8} {'ours':>6} {'seconds':>8}  "
    print(f"\n{head}{sandbox} sandbox")
    for row in rows:
        theirs = stock[row.case.name].points if row.case.name in stock else "-"
        theirs = theirs if isinstance(theirs, str) else f"{theirs:g}"
        points = "refused" if row.problem else f"{row.points:g}"
        late = [f"took longer than its limits, {row.seconds:.0f} s"] if row.is_late else []
        said = "; ".join([*row.faults, *late]) or row.case.outcome
        print(
            f"{row.case.name:<30} {row.case.deserved:>8g} {theirs:>8} {points:>6} "
            f"{row.seconds:>8.1f}  {said}"
        )


if __name__ == "__main__":
    sys.exit(main())
