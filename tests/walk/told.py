"""What every table, page and export says of each student: the mark, or that there is none."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbgrader.api import Gradebook

from grader.classroom.nbgrader.inprocess import nbgrader_environment
from tests.walk.ground import Ground
from tests.walk.roads import grader, nbgrader

# A mark; None: listed without a mark. Who is not listed at all has no entry.
Marks = Mapping[str, float | None]


def everything(ground: Ground, folder: Path, ended: Sequence[int]) -> dict[str, Marks]:
    """All that can be asked, by its name; every command shall end with the exit code `ended`."""
    report = ground.course.report
    for name in ("csv", "canvas", "moodle", "gradescope"):
        grader(ground, "export", name, ground.unit, expect=ended)
    grader(ground, "report", ground.unit, expect=ended)
    grader(ground, "feedback", ground.unit, expect=ended)
    target = folder / "grades.json"
    printed = grader(ground, "grade", ground.unit, "--json", str(target), expect=ended)
    unit = ground.unit
    return {
        "grade": _json(target),
        "table": _table(printed),
        "gradebook": _gradebook(ground),
        "csv": column(report / f"{unit}.csv", "student", "score"),
        "canvas": column(report / f"{unit}-canvas.csv", "SIS Login ID", unit),
        "moodle": column(report / f"{unit}-moodle.csv", "ID number", unit),
        "gradescope": _gradescope(report / f"{unit}-gradescope"),
        "page": _page(report / f"{unit}.html"),
        "nbgrader": _nbgrader(ground, folder / "nbgrader.csv"),
    }


def _json(path: Path) -> Marks:
    rows = json.loads(path.read_text())["marks"]
    return {row["student"]: row["score"] for row in rows if row["state"] != "withdrawn"}


def _table(printed: str) -> Marks:
    found = {}
    for line in printed.splitlines():
        row = re.match(r"\s*(\w+) +(?:([\d.]+) of [\d.]+|missing|not graded|waits)\b", line)
        if row:
            found[row[1]] = float(row[2]) if row[2] else None
    return found


def _gradebook(ground: Ground) -> Marks:
    """As nbgrader counts: none where a person has to look first."""
    with nbgrader_environment(), Gradebook(f"sqlite:///{ground.course.gradebook}") as gradebook:
        return {
            each.student.id: None
            if each.needs_manual_grade
            else max(0.0, each.score - (each.late_submission_penalty or 0.0))
            for each in gradebook.find_assignment(ground.unit).submissions
        }


def _nbgrader(ground: Ground, path: Path) -> Marks:
    """nbgrader's own export has a 0 for who is missing, and for what nobody has looked at."""
    nbgrader(ground.course.root, "export", "--to", str(path))
    rows = csv.DictReader(io.StringIO(path.read_text()))
    return {row["student_id"]: float(row["score"]) for row in rows if row["timestamp"]}


def column(path: Path, who: str, what: str) -> Marks:
    """One column of a CSV file, by another."""
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    return {row[who]: float(row[what]) if row[what] else None for row in rows if row[who]}


def _gradescope(folder: Path) -> Marks:
    files = {path.parent.name: json.loads(path.read_text()) for path in folder.glob("*/*.json")}
    return {student: told.get("score") for student, told in files.items()}


def _page(path: Path) -> Marks:
    rows = re.findall(r'<tr><td[^>]*>(\w+)</td><td class="mark">([^<]*)</td>', path.read_text())
    found: dict[str, float | None] = {}
    for student, told in rows:
        number = re.match(r"[\d.]+", told)
        found[student] = float(number[0]) if number else None
    return found
