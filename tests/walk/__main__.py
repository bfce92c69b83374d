"""`make class-walk`: twelve learners by both roads, one table, one line of JSON."""

import json
import sys
import tempfile
from pathlib import Path

from rich import box
from rich.table import Table

from grader.classroom.report.tables import console
from tests.walk.people import CLASS
from tests.walk.roads import ROADS
from tests.walk.walk import Walked, walk

HOME = Path(__file__).resolve().parents[2]
UNIT, QUESTION = "01_rnn", "rnn-step"
SHOWN = (
    *("grade", "table", "gradebook", "csv", "canvas", "moodle", "gradescope", "page", "nbgrader"),
)


def main() -> int:
    """Walk, show, count; exit code 1 where anything disagrees."""
    walked = {}
    for road in sys.argv[1:] or ROADS:
        with tempfile.TemporaryDirectory(prefix="class-walk-") as folder:
            walked[road] = walk(HOME, Path(folder), road, UNIT, QUESTION, CLASS, _say)
    for road, each in walked.items():
        console().print(_table(road, each))
    disagree = set()
    for road, each in walked.items():
        for student, lines in each.wrong.items():
            for line in lines:
                print(f"{road}, {student}: {line}")
                disagree.add(student)
    print(json.dumps({"students": len(CLASS), "disagree": len(disagree)}))
    return 1 if disagree else 0


def _say(line: str) -> None:
    print(line, flush=True)


def _table(road: str, walked: Walked) -> Table:
    table = Table(title=f"by {road}", box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("student", "story", "state", "expected", *SHOWN, "agree"):
        table.add_column(name)
    for each in CLASS:
        wanted = walked.wanted.get(each.student)
        given = [_shown(walked.told[name], each.student) for name in SHOWN]
        agree = "no" if walked.wrong[each.student] else "yes"
        expected = "" if wanted is None else f"{wanted:g}"
        table.add_row(each.student, each.story, each.state, expected, *given, agree)
    return table


def _shown(marks: "dict[str, float | None] | object", student: str) -> str:
    if not isinstance(marks, dict) or student not in marks:
        return "–"
    mark = marks[student]
    return "" if mark is None else f"{mark:g}"


if __name__ == "__main__":
    sys.exit(main())
