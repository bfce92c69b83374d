"""Each export is a function from a unit's marks and reports to files; FORMATS lists them all."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.classroom.feedback.comment import comment
from grader.classroom.feedback.entry import Entry
from grader.classroom.gradebook.marks import Mark
from grader.core.verdict import Verdict


@dataclass(frozen=True)
class Marked:
    """All that is known of one student in one unit; `entry` is None where no result was kept."""

    mark: Mark
    entry: Entry | None = None


Export = Callable[[str, Sequence[Marked]], dict[str, str]]


def as_csv(unit: str, marked: Sequence[Marked]) -> dict[str, str]:
    """One row a student: score, and points, outcome and mistake of every question."""
    names = list(dict.fromkeys(name for each in marked for name in each.mark.cells))
    heads = ["student", "unit", "score", "max", "late_penalty", "waits"]
    heads += [f"{name}{part}" for name in names for part in ("", "_outcome", "_mistake")]
    rows = [heads]
    for each in marked:
        mark, verdicts = each.mark, each.entry.verdicts if each.entry else {}
        row = [mark.student, unit, f"{mark.score:g}", f"{mark.maximum:g}"]
        row += [f"{mark.penalty:g}", "yes" if mark.waits else "no"]
        for name in names:
            points = mark.cells.get(name)
            verdict = verdicts.get(name)
            row.append(f"{points[0]:g}" if points else "")
            row += [str(verdict.outcome), verdict.mistake or ""] if verdict else ["", ""]
        rows.append(row)
    return {f"{unit}.csv": _table(rows)}


def as_canvas(unit: str, marked: Sequence[Marked]) -> dict[str, str]:
    """Canvas: Grades > Import. Students are known by their SIS user id (nbgrader's lms_user_id)."""
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", unit]]
    rows.append(["    Points Possible", "", "", "", "", _maximum(marked)])
    for mark in (each.mark for each in marked):
        name = ", ".join(part for part in (mark.last_name, mark.first_name) if part)
        login = mark.lms_id or mark.student
        rows.append([name or mark.student, "", login, mark.student, "", f"{mark.score:g}"])
    return {f"{unit}-canvas.csv": _table(rows)}


def as_moodle(unit: str, marked: Sequence[Marked]) -> dict[str, str]:
    """Moodle: Grades > Import > CSV file; map "ID number" or "Email address"."""
    rows = [["ID number", "Email address", unit, f"{unit} feedback"]]
    for each in marked:
        verdicts = each.entry.verdicts.values() if each.entry else ()
        told = "\n\n".join(f"{v.question}: {comment(v)}" for v in verdicts)
        mark = each.mark
        rows.append([mark.lms_id or mark.student, mark.email, f"{mark.score:g}", told])
    return {f"{unit}-moodle.csv": _table(rows)}


def as_gradescope(unit: str, marked: Sequence[Marked]) -> dict[str, str]:
    """Gradescope's results.json, one a student."""
    files = {}
    for each in marked:
        content = gradescope_results(each)
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        files[f"{unit}-gradescope/{each.mark.student}/results.json"] = text
    return files


def gradescope_results(each: Marked) -> dict[str, Any]:
    """The results of one submission; each question is a test that its learner may see."""
    verdicts = each.entry.verdicts if each.entry else {}
    tests = [_test(name, points, verdicts.get(name)) for name, points in each.mark.cells.items()]
    content: dict[str, Any] = {
        "score": each.mark.score,
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "output": each.entry.problem if each.entry else "",
        "output_format": "text",
        "tests": tests,
    }
    if each.entry and each.entry.report:
        content["execution_time"] = each.entry.report["seconds"]
        content["extra_data"] = {
            "device": each.entry.report["device"],
            "sandbox": each.entry.report["sandbox"],
        }
    return content


def _test(name: str, points: tuple[float, float], verdict: Verdict | None) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": name,
        "number": name,
        "score": points[0],
        "max_score": points[1],
        "visibility": "visible",
        "output_format": "text",
    }
    if verdict:
        test["output"] = comment(verdict)
        test["status"] = "passed" if verdict.points == verdict.maximum else "failed"
        test["tags"] = [str(verdict.outcome), *([verdict.mistake] if verdict.mistake else [])]
    return test


FORMATS: dict[str, Export] = {
    "csv": as_csv,
    "canvas": as_canvas,
    "gradescope": as_gradescope,
    "moodle": as_moodle,
}


def _maximum(marked: Sequence[Marked]) -> str:
    return f"{max((each.mark.maximum for each in marked), default=0.0):g}"


def _table(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_harmless(cell) for cell in r] for r in rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; a quotation mark stops it."""
    return f"'{cell}" if cell[:1] in {"=", "+", "@", "\t", "\r"} else cell
