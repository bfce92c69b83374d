"""`make wild`: run the corpus, print its table; the last line is one JSON object."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.wild.arena import build_arena
from tests.wild.case import all_cases
from tests.wild.rows import Row, run_rows


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; exit code 1 where anything is not as the corpus says."""
    parser = argparse.ArgumentParser(prog="make wild")
    parser.add_argument("rows", nargs="*", help="only these cases")
    asked = parser.parse_args(words)
    cases = [case for case in all_cases() if not asked.rows or case.name in asked.rows]
    print(f"{len(cases)} situations, handed in and graded as one class")
    with tempfile.TemporaryDirectory(prefix="wild.") as scratch:
        folder = Path(scratch) / "course"
        folder.mkdir()
        rows = run_rows(cases, build_arena(folder), Path(scratch))
    _print(rows)
    told = {
        "cases": len(rows),
        "wrong_marks": sum(bool(row.wrong) for row in rows),
        "silent": sum(bool(row.silent) for row in rows),
        "traceback": sum(row.traceback for row in rows),
    }
    print(json.dumps(told))
    return 1 if told["wrong_marks"] or told["silent"] or told["traceback"] else 0


def _print(rows: Sequence[Row]) -> None:
    print(f"{'case':<34} {'marks':>18}  {'report':<42} what is not as it should be")
    for row in rows:
        marks = " ".join(f"{m:g}" if isinstance(m, float) else str(m) for m in row.marks.values())
        faults = [*row.wrong, *row.silent, *(["a traceback"] if row.traceback else [])]
        print(f"{row.case.name:<34} {marks or '-':>18}  {row.case.report:<42} {'; '.join(faults)}")


if __name__ == "__main__":
    sys.exit(main())
