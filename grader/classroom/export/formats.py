"""Each export is a function from a unit's entries to files; FORMATS lists them all.

What waits for a person or could not be read is blank, with the reason where the format has a place
for words: no number stands for something that nobody has decided.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence

from grader.classroom.export.gradescope import results
from grader.classroom.grading.course_totals import totals
from grader.classroom.grading.entries import Entry, State, present
from grader.core.plain_text import finite, plain

# What spreadsheets take for the beginning of a formula, in both widths; and a number with a sign.
_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")

_WITHOUT_SCORE = (State.MISSING, State.EXCUSED)

Export = Callable[[str, Sequence[Entry]], dict[str, str]]


def as_csv(unit: str, entries: Sequence[Entry]) -> dict[str, str]:
    """One row a student: state, score and reason, then each question's points and outcome."""
    marked = [entry for entry in entries if entry.mark]
    names = list(dict.fromkeys(name for e in marked for name in (e.mark.cells if e.mark else ())))
    names += [n for n in dict.fromkeys(n for e in entries for n in e.verdicts) if n not in names]
    heads = ["student", "name", "unit", "state", "score", "max", "late_penalty", "waits", "reason"]
    heads += [f"{name}{part}" for name in names for part in ("", "_outcome", "_mistake")]
    told = [n for n in names if any(e.mark and n in e.mark.comments for e in marked)]
    heads += [f"{name}_comment" for name in told]
    rows = [heads]
    for entry in entries:
        mark = entry.mark
        row = [entry.student, entry.name, unit, str(entry.state)]
        row += [_number(entry.score), _number(entry.maximum)]
        row += [_number(mark.penalty if mark else None)]
        row += ["no" if entry.graded else "yes", entry.reason]
        for name in names:
            row += [_number(entry.points(name)), entry.said(name), entry.mistake(name)]
        row += [mark.comments.get(name, "") if mark else "" for name in told]
        rows.append(row)
    return {f"{unit}.csv": _table(rows)}


def course_csv(entries: Sequence[Entry]) -> dict[str, str]:
    """One row a student: the score of every unit, and the total where all have a mark."""
    units = list(dict.fromkeys(entry.unit for entry in entries))
    rows = [["student", "name", *units, "total", "max", "reason"]]
    for total in totals(entries):
        own = [total.entries.get(unit) for unit in units]
        scores = [_number(entry.score) if entry else "" for entry in own]
        reasons = [total.reason]
        reasons += [f"{e.unit}: {e.state}" for e in own if e and e.state in _WITHOUT_SCORE]
        row = [total.student, total.name, *scores, _number(total.score), _number(total.maximum)]
        rows.append([*row, "; ".join(filter(None, reasons))])
    return {"course.csv": _table(rows)}


def as_canvas(unit: str, entries: Sequence[Entry]) -> dict[str, str]:
    """Canvas: Grades > Import. Students are known by their SIS user id (nbgrader's lms_user_id).

    Canvas leaves a mark as it is where the cell is blank; "EX" excuses a student.
    """
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", unit]]
    rows.append(["    Points Possible", "", "", "", "", _number(_maximum(entries))])
    for entry in entries:
        mark = entry.mark
        name = ", ".join(p for p in (mark.last_name, mark.first_name) if p) if mark else entry.name
        login = mark.lms_id if mark and mark.lms_id else entry.lms_id or entry.student
        is_excused = entry.state is State.EXCUSED
        score = "EX" if is_excused else _number(_of_whole(entry, entries))
        rows.append([name or entry.student, "", login, entry.student, "", score])
    return {f"{unit}-canvas.csv": _table(rows)}


def as_moodle(unit: str, entries: Sequence[Entry]) -> dict[str, str]:
    """Moodle: Grades > Import > CSV file; map "ID number" or "Email address"."""
    rows = [["ID number", "Email address", unit, f"{unit} feedback"]]
    for entry in entries:
        mark = entry.mark
        number = mark.lms_id if mark and mark.lms_id else entry.lms_id or entry.student
        email = mark.email if mark and mark.email else entry.email
        rows.append([number, email, _number(_of_whole(entry, entries)), _feedback(entry)])
    return {f"{unit}-moodle.csv": _table(rows)}


def as_gradescope(unit: str, entries: Sequence[Entry]) -> dict[str, str]:
    """Gradescope's results.json, one a student who handed something in."""
    files = {}
    for entry in present(entries):
        text = (
            json.dumps(finite(results(entry)), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        )
        files[f"{unit}-gradescope/{entry.student}/results.json"] = text
    return files


FORMATS: dict[str, Export] = {
    "csv": as_csv,
    "canvas": as_canvas,
    "gradescope": as_gradescope,
    "moodle": as_moodle,
}


def _feedback(entry: Entry) -> str:
    """What a learner reads in Moodle: a person's words in place of the grader's, as in nbgrader."""
    if entry.reason:
        return entry.reason if entry.graded else f"No mark yet: {entry.reason}"
    lines = []
    if entry.mark and entry.mark.penalty:
        lines.append(f"Handed in late: {entry.mark.penalty:g} points are taken off.")
    own = entry.mark.comments if entry.mark else {}
    lines += [f"{name}: {entry.words(name)}" for name in entry.verdicts]
    lines += [f"{name}: {text}" for name, text in own.items() if name not in entry.verdicts]
    return "\n\n".join(lines)


def _of_whole(entry: Entry, entries: Sequence[Entry]) -> float | None:
    """The score out of the unit's points: who is excused from some has as large a share of all."""
    whole, own = _maximum(entries), entry.maximum
    if entry.score is None or not entry.excused or not own or own == whole:
        return entry.score
    return round(entry.score * whole / own, 2)


def _maximum(entries: Sequence[Entry]) -> float:
    own = [entry.mark.maximum for entry in entries if entry.mark]
    return max(own or [entry.maximum or 0.0 for entry in entries], default=0.0)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _table(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_harmless(cell) for cell in r] for r in rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; a quotation mark stops it."""
    cell = plain(cell)
    is_formula = cell.lstrip()[:1] in _FORMULA and not _PLAIN_NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
