"""The teacher's page of a class: numbers, questions, mistakes, students, as one HTML file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.classroom.feedback.comment import as_html
from grader.classroom.feedback.entry import Entry, columns, grouped, short
from grader.classroom.feedback.statistics import class_statistics
from grader.classroom.feedback.templates import template
from grader.core.verdict import Outcome, Verdict

_MOST_COMMON = 10
_STATES = {Outcome.PASSED: "full", Outcome.BROKEN: "open"}
_UNTRIED = (Outcome.MISSING, Outcome.NOT_ATTEMPTED)


@dataclass(frozen=True)
class _Cell:
    """A student's verdicts in one column."""

    text: str
    state: str
    message: str = ""
    mistake: str = ""


@dataclass(frozen=True)
class _Row:
    student: str
    score: str
    cells: tuple[_Cell, ...]
    seconds: str


def class_page(unit: str, entries: Sequence[Entry]) -> str:
    """The whole page of one unit. Whatever learners or their code wrote is text in it."""
    graded = [entry for entry in entries if entry.report]
    groups = grouped(columns(graded))
    page: str = template("class.html").render(
        unit=unit,
        numbers=class_statistics(entries),
        unsealed=sum(entry.report["sandbox"] == "none" for entry in graded),
        waiting=[(entry.student, _told(_why(entry))) for entry in entries if not entry.graded],
        mistakes=_mistakes(graded),
        remarks=[(entry.student, _remarks(entry)) for entry in graded if _remarks(entry)],
        names=list(groups),
        students=[_row(entry, groups) for entry in graded],
        short=lambda name: short(name, unit),
    )
    return page


def _why(entry: Entry) -> str:
    return entry.problem or "The grader itself failed; see below."


def _mistakes(graded: Sequence[Entry]) -> list[tuple[str, str, int, Markup]]:
    """The named mistakes of the class, most frequent first, each with what was told."""
    verdicts = [v for entry in graded for v in entry.verdicts.values() if v.mistake]
    counted = Counter((verdict.question, verdict.mistake or "") for verdict in verdicts)
    messages = {(verdict.question, verdict.mistake): verdict.message for verdict in verdicts}
    return [
        (question, mistake, count, _told(messages[question, mistake]))
        for (question, mistake), count in counted.most_common(_MOST_COMMON)
    ]


def _remarks(entry: Entry) -> Markup:
    """What may deserve a teacher's eye."""
    return Markup("<br>").join(_told(text) for text in entry.report.get("remarks", ()))


def _told(text: str) -> Markup:
    return Markup(as_html(text))  # noqa: S704 - as_html escapes


def _row(entry: Entry, groups: dict[str, list[str]]) -> _Row:
    verdicts, report = entry.verdicts, entry.report
    cells = [[verdicts[name] for name in names if name in verdicts] for names in groups.values()]
    return _Row(
        student=entry.student,
        score=f"{report['score']:g} of {report['max']:g}",
        cells=tuple(map(_cell, cells)),
        seconds=f"{report['seconds']:.1f}",
    )


def _cell(verdicts: Sequence[Verdict]) -> _Cell:
    """One question as it ended, or the points of several challenge items together."""
    if not verdicts:
        return _Cell("", "faint")
    points, maximum = sum(v.points for v in verdicts), sum(v.maximum for v in verdicts)
    if len(verdicts) > 1:
        tried = any(verdict.outcome not in _UNTRIED for verdict in verdicts)
        state = "full" if points == maximum else "part" if points else "none" if tried else "faint"
        return _Cell(f"{points:g} of {maximum:g}", state)
    (verdict,) = verdicts
    state = _STATES.get(verdict.outcome, "part" if verdict.points else "none")
    if verdict.outcome in _UNTRIED:
        state = "faint"
    word = "" if verdict.outcome is Outcome.PASSED else f" {verdict.outcome}"
    return _Cell(f"{verdict.points:g}{word}", state, verdict.message, verdict.mistake or "")
