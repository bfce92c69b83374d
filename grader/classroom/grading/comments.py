"""A verdict as the comment that a learner reads beside the answer."""

import html
import re

from grader.core import messages
from grader.core.verdicts import Outcome, Verdict

# Stands for the grader's words where a person gave the points.
SCORED_BY_HAND = "Scored by hand."
_CODE = re.compile(r"`([^`\n]+)`")


def comment(verdict: Verdict) -> str:
    """Outcome, points, message and named mistake as plain text."""
    if verdict.outcome is Outcome.BROKEN:
        return f"Not graded yet: {verdict.message}"
    points = f"{verdict.points:g} of {messages.points(verdict.maximum)}"
    if verdict.message == messages.NOT_ATTEMPTED:
        return sentence(verdict)
    head = f"{str(verdict.outcome).capitalize()}, {points}."
    named = f"Named mistake: {verdict.mistake}." if verdict.mistake else ""
    return "\n".join(part for part in (head, verdict.message, named) if part)


def sentence(verdict: Verdict) -> str:
    """A verdict's sentence as a class's pages tell it: there is no cell to go on in."""
    if verdict.message == messages.NOT_ATTEMPTED:
        return f"Not attempted: {messages.AS_RELEASED}"
    return verdict.message


def told(verdict: Verdict | None, own: str = "", *, by_hand: bool = False) -> str:
    """What a learner reads of one answer: a person's points and words in place of the grader's.

    `own` is what a person wrote, `by_hand` whether a person gave the points. Empty where nobody
    said anything.
    """
    if by_hand and verdict is not None:
        return "\n".join(filter(None, (SCORED_BY_HAND, own)))
    return own or (comment(verdict) if verdict else "")


def comment_html(text: str) -> str:
    """Plain text for a page that reads Markdown and trusts it: nothing of it is markup any more.

    Learner code can put words into a message (an exception's text), so every sign that HTML or
    Markdown could read is written as its number; words between backticks become code.
    """
    pieces = _CODE.split(text)
    told = [
        f"<code>{_numbered(piece)}</code>" if index % 2 else _numbered(piece)
        for index, piece in enumerate(pieces)
    ]
    return "".join(told).replace("\n", "<br>")


def as_html(text: str) -> str:
    """Plain text for an ordinary page: escaped, words between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(text)).replace("\n", "<br>")


def _numbered(text: str) -> str:
    kept = (c if c.isalnum() or c.isspace() else f"&#{ord(c)};" for c in text)
    return "".join(kept)
