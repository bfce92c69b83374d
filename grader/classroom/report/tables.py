"""The closing table of `grader grade`: student, score, points and outcome per question, seconds."""

import sys
from collections.abc import Sequence
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.classroom.grading.comments import sentence
from grader.classroom.grading.course_totals import totals
from grader.classroom.grading.entries import EXCUSED, Entry, State, columns, grouped, short
from grader.classroom.report.statistics import class_statistics
from grader.core.verdicts import Outcome, Verdict

# A pipe or a log has no width of its own.
_PLAIN_WIDTH = 160
_MOST_NAMED = 3
_STYLES = {
    Outcome.PASSED: "green",
    Outcome.BROKEN: "bold red",
    Outcome.NOT_ATTEMPTED: "dim",
    Outcome.MISSING: "dim",
}


def console(file: TextIO = sys.stdout) -> Console:
    """A console that is wide where nobody says how wide it is."""
    return Console(file=file, width=None if file.isatty() else _PLAIN_WIDTH, highlight=False)


def class_table(unit: str, entries: Sequence[Entry]) -> Table:
    """One row a student; who has withdrawn is left out."""
    shown = [entry for entry in entries if entry.absent is not State.WITHDRAWN]
    table = Table(title=unit, box=box.SIMPLE_HEAD, title_justify="left")
    groups = grouped(columns(shown))
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for name in groups:
        table.add_column(short(name, unit))
    table.add_column("seconds", justify="right")
    for entry in shown:
        table.add_row(*_row(entry, groups))
    return table


def course_table(entries: Sequence[Entry]) -> Table:
    """One row a student, one column a unit, and the total where every unit has a mark."""
    table = Table(title="course", box=box.SIMPLE_HEAD, title_justify="left")
    units = list(dict.fromkeys(entry.unit for entry in entries))
    table.add_column("student", no_wrap=True)
    for unit in units:
        table.add_column(unit, justify="right")
    table.add_column("total", justify="right", no_wrap=True)
    for total in totals(entries):
        cells = [_score(total.entries[u]) if u in total.entries else Text("") for u in units]
        table.add_row(Text(total.student), *cells, Text(total.told))
    return table


def summary_table(unit: str, entries: Sequence[Entry]) -> Table:
    """One row a question: what a class of any size shows on one screen."""
    numbers = class_statistics(entries)
    head = (
        f"{unit}: {numbers.graded} of {numbers.submissions} graded, mean {numbers.mean:.1f}%, "
        f"median {numbers.median:.1f}%, spread {numbers.spread:.1f}, {numbers.full} full marks"
    )
    table = Table(title=head, box=box.SIMPLE_HEAD, title_justify="left", min_width=len(head))
    for name in ("question", "full marks", "mean", "attempted", "commonest mistakes"):
        table.add_column(name)
    for question in numbers.questions:
        named = ", ".join(f"{name} × {count}" for name, count in question.mistakes[:_MOST_NAMED])
        table.add_row(
            short(question.question, unit),
            f"{question.passed:.0%}",
            f"{question.mean:.2f} of {question.maximum:g}",
            f"{question.attempted:.0%}",
            Text(named),
        )
    return table


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """One submission with its messages: one row a question."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("question", "points", "outcome", "message"):
        table.add_column(name)
    for verdict in verdicts:
        table.add_row(
            verdict.question,
            f"{verdict.points:g} of {verdict.maximum:g}",
            Text(_outcome(verdict), style=_STYLES.get(verdict.outcome, "yellow")),
            Text(sentence(verdict)),
        )
    return table


def _row(entry: Entry, groups: dict[str, list[str]]) -> list[Text]:
    if not entry.report:
        unknown = [Text("") for _ in groups]
        return [Text(entry.student), _score(entry), *unknown, Text("")]
    known = entry.verdicts
    cells = [_cell(entry, [name for name in names if name in known]) for names in groups.values()]
    seconds = Text(f"{entry.report.seconds:.1f}")
    return [Text(entry.student), _score(entry), *cells, seconds]


def _score(entry: Entry) -> Text:
    """The mark that counts, or why there is none."""
    if entry.score is None:
        style = "dim" if entry.graded else "bold red"
        return Text(str(entry.state), style=style)
    text = Text(f"{entry.score:g} of {entry.maximum:g}")
    if entry.mark and entry.mark.penalty:
        text.append(f" (late -{entry.mark.penalty:g})", style="yellow")
    return text


def _cell(entry: Entry, names: Sequence[str]) -> Text:
    """Points and, where there is just one question, its outcome or the mistake's name."""
    if not names:
        return Text("")
    if entry.excused.issuperset(names):
        return Text(EXCUSED, style="dim")
    known = [own for name in names if (own := entry.points(name)) is not None]
    points = f"{sum(known):g}" if known else ""
    said = {entry.said(name) for name in names}
    if len(said) != 1:
        return Text(points, style="yellow")
    (word,) = said
    verdict = entry.verdicts[names[0]]
    is_own = word == str(verdict.outcome)
    if len(names) == 1 and is_own:
        word = _outcome(verdict)
    style = _STYLES.get(verdict.outcome, "yellow") if is_own else "yellow"
    return Text(f"{points} {word}".strip(), style=style)


def _outcome(verdict: Verdict) -> str:
    return f"{verdict.outcome}: {verdict.mistake}" if verdict.mistake else str(verdict.outcome)
