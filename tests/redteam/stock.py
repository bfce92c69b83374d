"""What stock `nbgrader autograde` gives for the same submissions: recorded in `stock.json`.

`make redteam STOCK=1` records the rows that have no record, or one of another content: each is
written as soon as it is known, so a recording cut short goes on where it stopped. With ROWS the
named rows are recorded anew. `stock_course` makes the course, `stock_box` runs each row in a
throwaway bubblewrap of its own.

A record belongs to a row by a digest of what is handed in and of the checks that stock nbgrader
runs on it. What a change of `submission.FILES` makes of a file is not in it.
"""

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.redteam import stock_box, stock_course
from tests.redteam.case import Case
from tests.redteam.stock_box import FAILED, KILLED
from tests.redteam.submission import ANSWERS

PATH = Path(__file__).parent / "stock.json"
# Words in place of points, and what each says.
NOT_APPLICABLE = "n/a"
WHY = {
    FAILED: "stock nbgrader gave the submission up with an error: a person has to grade it",
    KILLED: "the row had ended stock nbgrader, or took all of what the whole run was allowed",
    NOT_APPLICABLE: "the row is about something that only this grader has",
}
# What only this grader has: modules through which a row speaks to our referee.
_OURS = re.compile(r"\bgrader\.(wire|worker)\b|\bfrom grader import (wire|worker)\b")


@dataclass(frozen=True)
class Record:
    """Stock's result for one row.

    points  what the gradebook holds, or a word of `WHY`
    why     nbgrader's last error, or why the row does not apply; empty where there are points
    row     the digest of the row that this belongs to
    """

    points: float | str
    why: str
    row: str


def record_stock(cases: Sequence[Case], path: Path = PATH, *, anew: bool = False) -> None:
    """Record stock nbgrader's result for `cases` in `path`, each as soon as it is known.

    Those with a record of their present content are left alone unless `anew`. Raises RuntimeError
    where this machine cannot run stock nbgrader.
    """
    kept = read_stock(path)
    wanted = [case for case in cases if anew or not fits(kept, case)]
    for case in wanted:
        if reason := not_applicable(case):
            kept[case.name] = Record(NOT_APPLICABLE, reason, digest(case))
    write_stock(kept, path)
    runs = [case for case in wanted if not not_applicable(case)]
    if not runs:
        return
    with tempfile.TemporaryDirectory(prefix="redteam.") as folder:
        course = stock_course.build(Path(folder))
        for case in runs:
            record = Record(*_graded(course, case), digest(case))
            kept[case.name] = record
            write_stock(kept, path)
            sys.stderr.write(f"stock {case.name}: {record.points} {record.why}\n")


def _graded(course: stock_course.StockCourse, case: Case) -> stock_box.Told:
    try:
        stock_course.hand_in_stock(course, case)
    except (StopIteration, KeyError):
        why = "it changes a cell that only our release has"
        return stock_box.Told(NOT_APPLICABLE, why)
    return stock_box.grade(course, case)


def not_applicable(case: Case) -> str:
    """Why stock nbgrader cannot meet the row's trick; empty where it can."""
    sources = [*case.answers.values(), *(own["source"] for own in case.own)]
    for source in sources:
        if found := _OURS.search(source):
            module = f"grader.{found[1] or found[2]}"
            return f"its code speaks through {module} to our referee, which stock does not have"
    return ""


def digest(case: Case) -> str:
    """Names what is handed in, and the checks that stock nbgrader runs on it."""
    parts = [
        *(case.base, case.answers, case.own, case.change, case.file, case.student),
        *(ANSWERS, stock_course.text()),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def fits(records: Mapping[str, Record], case: Case) -> bool:
    """Whether there is a record, and it belongs to the row as it is now."""
    return case.name in records and records[case.name].row == digest(case)


def read_stock(path: Path = PATH) -> dict[str, Record]:
    """The records by row; none where nothing has been recorded yet."""
    if not path.is_file():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    return {name: Record(**each) for name, each in told["rows"].items()}


def write_stock(records: Mapping[str, Record], path: Path = PATH) -> None:
    """Write the file whole, so that a recording cut short leaves the last one that was whole."""
    told = {
        "about": "what stock `nbgrader autograde` gives; made by `make redteam STOCK=1`",
        "nbgrader": version("nbgrader"),
        "cell_seconds": stock_box.CELL_SECONDS,
        "row_seconds": stock_box.ROW_SECONDS,
        "words": WHY,
        "rows": {name: vars(records[name]) for name in sorted(records)},
    }
    new = path.with_suffix(".new")
    new.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    new.replace(path)


def counts(cases: Sequence[Case], records: Mapping[str, Record]) -> dict[str, int]:
    """How many rows are recorded, do not apply, are given up, and pay more than they are worth."""
    known = [(case, records[case.name].points) for case in cases if case.name in records]
    points = [(case, given) for case, given in known if isinstance(given, int | float)]
    return {
        "recorded": sum(given != NOT_APPLICABLE for _, given in known),
        "not_applicable": sum(given == NOT_APPLICABLE for _, given in known),
        "given_up": sum(given in {FAILED, KILLED} for _, given in known),
        "overpaid": sum(given > case.deserved for case, given in points),
    }


def words_met(cases: Sequence[Case], records: Mapping[str, Record]) -> Iterator[str]:
    """A line for each word that stands in the table."""
    met = {records[case.name].points for case in cases if case.name in records}
    yield from (f"stock {word}: {why}" for word, why in WHY.items() if word in met)
