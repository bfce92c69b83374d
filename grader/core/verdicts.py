"""What a judgement says: an outcome, points, and the sentence that helps. It knows no HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from grader.core.plain_text import finite, plain

# Characters of a message; the longest of ours have a few hundred.
MOST_TEXT = 4000


class Outcome(StrEnum):
    """How a question ended. `BROKEN` is the grader's fault: never a zero, always for a person."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    TOO_SLOW = "too slow"
    MISSING = "missing"
    NOT_ATTEMPTED = "not attempted"
    BROKEN = "broken"


@dataclass(frozen=True)
class Verdict:
    """The judgement of one answer: `points` of `maximum`, and why.

    `mistake` is the name of a recognised mistake; `details` holds measured numbers (a repair's
    score card); `seconds` is wall time spent on the question.
    """

    question: str
    outcome: Outcome
    points: float
    maximum: float
    message: str
    mistake: str | None = None
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse points outside 0..maximum, and keep plain words and finite numbers only."""
        # learner code can put words into a message (an exception's text, a class's name), and
        # numbers into the details; whoever shows them need not clean them again
        object.__setattr__(self, "message", plain(self.message, MOST_TEXT))
        object.__setattr__(self, "details", finite(self.details))
        if not 0.0 <= self.points <= self.maximum:
            message = f"{self.question}: {self.points} points of {self.maximum} cannot be"
            raise ValueError(message)

    def to_json(self) -> dict[str, Any]:
        """The entry of one question in the JSON report."""
        return {
            "points": self.points,
            "max": self.maximum,
            "outcome": str(self.outcome),
            "message": self.message,
            "mistake": self.mistake,
            "seconds": round(self.seconds, 3),
            "details": self.details,
        }

    @classmethod
    def from_json(cls, question: str, data: dict[str, Any]) -> Verdict:
        """Read what `to_json` wrote."""
        return cls(
            question=question,
            outcome=Outcome(data["outcome"]),
            points=float(data["points"]),
            maximum=float(data["max"]),
            message=str(data["message"]),
            mistake=data.get("mistake"),
            seconds=float(data.get("seconds", 0.0)),
            details=dict(data.get("details", {})),
        )
