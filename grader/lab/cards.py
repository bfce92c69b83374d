"""How `lab` says something in a notebook: a verdict as a small card, quiz texts as Markdown.

Both also exist as plain text, for terminals and for programs that read a notebook's outputs. Words
and marks carry the meaning, never colour alone. Nothing here decides anything.
"""

import html
import re
from collections.abc import Sequence
from typing import Any

from grader.core import messages
from grader.core.metrics import PERPLEXITY
from grader.core.verdicts import Outcome, Verdict
from grader.lab import frontend
from grader.lab.svg import Drawing

_MARKS = {Outcome.PASSED: "✔", Outcome.NOT_ATTEMPTED: "○"}
_EDGES = {Outcome.PASSED: "#009e73", Outcome.NOT_ATTEMPTED: "#888888"}


def say(markdown: str) -> None:
    """Show a text of the course, written in Markdown."""
    if frontend.can_show():
        frontend.show(_bundle(markdown), raw=True)
    else:
        print(markdown)


class MarkdownText:
    """A text of the course, in Markdown, that can be written anew where it stands.

    What was written last stays in the notebook, with or without a kernel.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, markdown: str) -> None:
        """Put it under the running cell; "" keeps the place for a later text."""
        self._handle = frontend.show(_bundle(markdown), raw=True)

    def rewrite(self, markdown: str) -> None:
        """Replace what stands there."""
        self._handle.update(_bundle(markdown), raw=True)

    def show_drawing(self, drawing: Drawing | None) -> None:
        """The same with a picture; None keeps the place for a later one."""
        self._handle = frontend.show(_drawn(drawing), raw=True)

    def rewrite_drawing(self, drawing: Drawing | None) -> None:
        """Replace what stands there by a picture."""
        self._handle.update(_drawn(drawing), raw=True)


def _drawn(drawing: Drawing | None) -> dict[str, str]:
    return {"text/html": drawing.svg, "text/plain": drawing.alt} if drawing else _bundle("")


def _bundle(markdown: str) -> dict[str, str]:
    return {"text/markdown": markdown, "text/plain": markdown}


def show_verdict(verdict: Verdict, notes: list[str]) -> None:
    """Show a verdict and, under it, notes such as a release that does not match."""
    text = verdict_text(verdict, notes)
    if frontend.can_show():
        bundle = {"text/html": verdict_html(verdict, notes), "text/plain": text}
        frontend.show(bundle, raw=True)
    else:
        print(text)


def verdict_text(verdict: Verdict, notes: list[str]) -> str:
    """The verdict in plain text, one thought a line."""
    rows = _table_text(score_rows(verdict))
    return "\n".join([_heading(verdict), verdict.message, *rows, *notes])


def verdict_html(verdict: Verdict, notes: list[str]) -> str:
    """The verdict as a card that reads in light and dark themes; all words escaped."""
    edge = _EDGES.get(verdict.outcome, "#d55e00")
    parts = [
        f"<strong>{html.escape(_heading(verdict))}</strong>",
        f"<div>{_prose(verdict.message)}</div>",
    ]
    rows = score_rows(verdict)
    if rows:
        cells = "".join(_row_html(row, "th" if n == 0 else "td") for n, row in enumerate(rows))
        parts.append(f'<table style="margin:6px 0">{cells}</table>')
    parts += [f"<div><em>{_prose(note)}</em></div>" for note in notes]
    style = f"border-left:4px solid {edge};padding:4px 12px;margin:4px 0"
    return f'<div style="{style}">{"".join(parts)}</div>'


def score_rows(verdict: Verdict) -> list[tuple[str, str, str, str, str]]:
    """A repair's score card, heading first; empty for every other question.

    A data set that could not change the verdict was not trained on, and its row says so.
    """
    draws = verdict.details.get("draws")
    if not draws:
        return []
    count = verdict.details.get("of_draws", len(draws))
    named = [(f"data set {n}", draw) for n, draw in enumerate(draws, start=1)]
    if 1 < count == len(draws):
        named.append(("median", verdict.details["median"]))
    if verdict.details.get("reference"):
        named.append(("reference", verdict.details["reference"]))
    if verdict.details.get("metric") == PERPLEXITY.name:
        heading = ("perplexity", "training", "validation", "unseen", "bigram, unseen")
        last = "bigram_hidden"
    else:
        heading = ("", "training %", "validation %", "unseen %", "wrong labels learnt %")
        last = "learnt_by_heart"
    rows = [(name, *_numbers(scores, last)) for name, scores in named]
    spared = [(f"data set {n}", "not needed", "", "", "") for n in range(len(draws) + 1, count + 1)]
    return [heading, *rows[: len(draws)], *spared, *rows[len(draws) :]]


def _numbers(scores: dict[str, Any], fourth: str) -> tuple[str, str, str, str]:
    train, val, hidden, last = (
        f"{scores[key]:.1f}" if key in scores else "–" for key in ("train", "val", "hidden", fourth)
    )
    return train, val, hidden, last


def _heading(verdict: Verdict) -> str:
    mark = _MARKS.get(verdict.outcome, "✘")
    earned = f"{verdict.points:g} of {messages.points(verdict.maximum)}"
    return f"{mark} {verdict.question}: {verdict.outcome} ({earned})"


def _table_text(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The rows in columns of their headings' widths."""
    widths = [max(len(heading), 12) + 2 for heading in rows[0][1:]] if rows else []
    return [
        f"{name:<12}"
        + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        for name, *cells in rows
    ]


def _row_html(row: tuple[str, ...], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>"


def _prose(text: str) -> str:
    """Escape, then show `code` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
