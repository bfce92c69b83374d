"""The teacher's page of a class: numbers, questions, mistakes, students, as one HTML file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.classroom.grading.comments import as_html, sentence
from grader.classroom.grading.course_totals import totals
from grader.classroom.grading.entries import EXCUSED, Entry, State, columns, grouped, short, tested
from grader.classroom.grading.settings import SEALED
from grader.classroom.report.statistics import class_statistics
from grader.classroom.templates import template
from grader.core.verdicts import Outcome

_MOST_COMMON = 10
_STATES = {Outcome.PASSED: "full", Outcome.BROKEN: "open"}
_UNTRIED = (Outcome.MISSING, Outcome.NOT_ATTEMPTED)


@dataclass(frozen=True)
class _Cell:
    """A student's verdicts in one column; `comment` is what a person wrote about it."""

    text: str
    state: str
    message: str = ""
    mistake: str = ""
    comment: str = ""


@dataclass(frozen=True)
class _Row:
    student: str
    name: str
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
        unsealed=sum(e.report is not None and e.report.sandbox not in SEALED for e in graded),
        waiting=[(entry.student, _told(entry.reason)) for entry in entries if not entry.graded],
        missing=[entry.student for entry in entries if entry.absent is State.MISSING],
        withdrawn=[entry.student for entry in entries if entry.absent is State.WITHDRAWN],
        mistakes=_mistakes(graded),
        tested=tested(entries),
        remarks=[(entry.student, _remarks(entry)) for entry in graded if _remarks(entry)],
        names=list(groups),
        students=[_row(entry, groups) for entry in graded],
        short=lambda name: short(name, unit),
    )
    return page


def course_page(entries: Sequence[Entry]) -> str:
    """The totals of all units that a class has been graded in."""
    units = list(dict.fromkeys(entry.unit for entry in entries))
    gone = {entry.student for entry in entries if entry.absent is State.WITHDRAWN}
    page: str = template("course.html").render(
        units=units,
        totals=totals(entries),
        withdrawn=sorted(gone),
        told=lambda total, unit: _score(total.entries[unit]) if unit in total.entries else "",
    )
    return page


def _mistakes(graded: Sequence[Entry]) -> list[tuple[str, str, int, Markup]]:
    """The named mistakes of the class, most frequent first, each with what was told."""
    verdicts = [
        verdict
        for entry in graded
        for name, verdict in entry.verdicts.items()
        if verdict.mistake and name not in entry.excused
    ]
    counted = Counter((verdict.question, verdict.mistake or "") for verdict in verdicts)
    messages = {(verdict.question, verdict.mistake): verdict.message for verdict in verdicts}
    return [
        (question, mistake, count, _told(messages[question, mistake]))
        for (question, mistake), count in counted.most_common(_MOST_COMMON)
    ]


def _remarks(entry: Entry) -> Markup:
    """What may deserve a teacher's eye."""
    return Markup("<br>").join(
        _told(text) for text in (entry.report.remarks if entry.report else ())
    )


def _told(text: str) -> Markup:
    return Markup(as_html(text))  # noqa: S704 - as_html escapes


def _row(entry: Entry, groups: dict[str, list[str]]) -> _Row:
    known = entry.verdicts
    cells = [[name for name in names if name in known] for names in groups.values()]
    return _Row(
        student=entry.student,
        name=entry.name,
        score=_score(entry),
        cells=tuple(_cell(entry, names) for names in cells),
        seconds=f"{entry.report.seconds:.1f}" if entry.report else "",
    )


def _score(entry: Entry) -> str:
    if entry.score is None:
        return str(entry.state)
    late = f" (late −{entry.mark.penalty:g})" if entry.mark and entry.mark.penalty else ""
    return f"{entry.score:g} of {entry.maximum:g}{late}"


def _cell(entry: Entry, names: Sequence[str]) -> _Cell:
    """One question as it counts, or the points of several challenge items together."""
    if not names:
        return _Cell("", "faint")
    counted = [name for name in names if name not in entry.excused]
    if not counted:
        return _Cell(EXCUSED, "faint")
    names = counted
    verdicts = [entry.verdicts[name] for name in names]
    given = [entry.points(name) for name in names]
    known = [points for points in given if points is not None]
    points, maximum = sum(known), sum(v.maximum for v in verdicts)
    if len(names) > 1:
        tried = any(verdict.outcome not in _UNTRIED for verdict in verdicts)
        state = "full" if points == maximum else "part" if points else "none" if tried else "faint"
        return _Cell(f"{points:g} of {maximum:g}", state)
    (verdict,), (name,) = verdicts, names
    state = _STATES.get(verdict.outcome, "part" if verdict.points else "none")
    if verdict.outcome in _UNTRIED:
        state = "faint"
    said = entry.said(name)
    if said != str(verdict.outcome):
        state = "open" if not known else "full" if points >= maximum else "part"
    word = "" if said == str(Outcome.PASSED) else said
    told = f"{points:g} {word}".strip() if known else word
    comment = entry.mark.comments.get(name, "") if entry.mark else ""
    message = entry.words(name) if comment or entry.is_by_hand(name) else sentence(verdict)
    return _Cell(told, state, message, entry.mistake(name), comment)
