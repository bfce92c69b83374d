"""Verdicts in the few shapes that every judge needs."""

from __future__ import annotations

from typing import Any

from grader.core import messages
from grader.core.question import PreparedQuestion
from grader.core.requests import Raised
from grader.core.values import Value
from grader.core.verdicts import Outcome, Verdict


def rule(
    question: PreparedQuestion,
    outcome: Outcome,
    message: str,
    *,
    mistake: str | None = None,
    share: float | None = None,
    details: dict[str, Any] | None = None,
) -> Verdict:
    """A verdict with all points where passed and none where not, or with `share` of them."""
    if share is None:
        share = 1.0 if outcome is Outcome.PASSED else 0.0
    points = question.points * share
    return Verdict(
        question.id,
        outcome,
        points,
        question.points,
        message,
        mistake,
        details=details or {},
    )


def failed(
    question: PreparedQuestion, reply: Raised, inputs: dict[str, Value] | None = None
) -> Verdict:
    """The verdict for code that raised; an interrupt is how a time limit reaches it."""
    if reply.interrupted:
        text = messages.too_slow(question.id, question.seconds)
        return rule(question, Outcome.TOO_SLOW, text)
    return rule(question, Outcome.RAISED, messages.raised(reply, inputs, question.id))
