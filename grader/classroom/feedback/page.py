"""A class's page for the teacher: points, outcomes and named mistakes in plain HTML."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from grader.classroom.feedback.comment import as_html
from grader.classroom.feedback.entry import Entry, columns, short
from grader.core.verdict import Outcome, Verdict

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem }
th, td { text-align: left; padding: .3rem .6rem; vertical-align: top }
tr { border-bottom: 1px solid #ddd }
.passed { background: #e6f4ea } .wrong, .raised, .too-slow { background: #fdecea }
.broken { background: #fff3cd } .missing, .not-attempted { color: #666 }
small { color: #555 } code { font-size: .95em }
"""
_MOST_COMMON = 10


def class_page(unit: str, entries: Sequence[Entry]) -> str:
    """The whole page. All words of learners are escaped: an exception's text can be anything."""
    graded = [entry for entry in entries if entry.report]
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(unit)}</title>",
        f"<style>{_STYLE}</style><h1>{escape(unit)}</h1>",
        f"<p>{len(entries)} submissions, {len(graded)} run. {escape(_where(graded))}</p>",
        *_problems(entries),
        *_mistakes(graded),
        *_remarks(graded),
        *_students(unit, graded),
    ]
    return "\n".join(parts) + "\n"


def _where(graded: Sequence[Entry]) -> str:
    """Says aloud what every report is marked with."""
    open_runs = sum(entry.report["sandbox"] == "none" for entry in graded)
    return f"{open_runs} of them ran WITHOUT A SANDBOX." if open_runs else ""


def _problems(entries: Sequence[Entry]) -> Iterator[str]:
    """Submissions that wait for a person."""
    waiting = [entry for entry in entries if not entry.graded]
    if waiting:
        yield "<h2>These wait for you</h2><ul>"
        for entry in waiting:
            why = entry.problem or "The grader itself failed; see below."
            yield f"<li><b>{escape(entry.student)}</b>: {as_html(why)}</li>"
        yield "</ul>"


def _mistakes(graded: Sequence[Entry]) -> Iterator[str]:
    """The named mistakes of the class, most frequent first."""
    counted: Counter[tuple[str, str]] = Counter()
    messages: dict[tuple[str, str], str] = {}
    for verdict in (v for entry in graded for v in entry.verdicts.values() if v.mistake):
        named = (verdict.question, verdict.mistake or "")
        counted[named] += 1
        messages[named] = verdict.message
    if counted:
        yield "<h2>Named mistakes</h2><table><tr><th>students<th>question<th>mistake<th>told</tr>"
        for named, count in counted.most_common(_MOST_COMMON):
            question, mistake = (escape(word) for word in named)
            told = as_html(messages[named])
            yield f"<tr><td>{count}<td>{question}<td>{mistake}<td>{told}</tr>"
        yield "</table>"


def _remarks(graded: Sequence[Entry]) -> Iterator[str]:
    """What may deserve a teacher's eye: signs, not proofs; they change no points."""
    marked = [entry for entry in graded if entry.report.get("remarks")]
    if marked:
        yield "<h2>Worth a look</h2><p>Signs, no proofs; none of them changed a point.</p><ul>"
        for entry in marked:
            said = "<br>".join(as_html(text) for text in entry.report["remarks"])
            yield f"<li><b>{escape(entry.student)}</b>: {said}</li>"
        yield "</ul>"


def _students(unit: str, graded: Sequence[Entry]) -> Iterator[str]:
    names = columns(graded)
    heads = "".join(f"<th>{escape(short(name, unit))}" for name in names)
    yield f"<h2>Students</h2><table><tr><th>student<th>score{heads}<th>seconds</tr>"
    for entry in graded:
        verdicts, report = entry.verdicts, entry.report
        cells = "".join(_cell(verdicts.get(name)) for name in names)
        score = f"{report['score']:g} of {report['max']:g}"
        yield (f"<tr><td>{escape(entry.student)}<td>{score}{cells}<td>{report['seconds']:.1f}</tr>")
    yield "</table>"


def _cell(verdict: Verdict | None) -> str:
    if verdict is None:
        return "<td>"
    kind = str(verdict.outcome).replace(" ", "-")
    named = f"<br><small>{escape(verdict.mistake)}</small>" if verdict.mistake else ""
    word = "" if verdict.outcome is Outcome.PASSED else f" {verdict.outcome}"
    return f'<td class="{kind}" title="{escape(verdict.message)}">{verdict.points:g}{word}{named}'
