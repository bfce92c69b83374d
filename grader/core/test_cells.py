"""A graded cell of an ordinary assignment, and what its test's end is worth: nbgrader's own rules.

An error is no points; a number as the last expression's value is that many of them; anything else
is all. A number that cannot be points (none, infinite, negative, over the maximum) is none, where
nbgrader gives all, or gives the submission up; what is printed on standard error costs nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from grader.core import messages
from grader.core.verdicts import Outcome, Verdict

PLACE = "tests"
IN_LEARNERS_PROCESS = "in the learner's process"


@dataclass(frozen=True)
class TestCell:
    """One graded cell; `visible` is what of its text learners have, without the hidden tests."""

    __test__ = False  # pytest takes such names for its own

    id: str
    points: float
    visible: str = ""

    def verdict(self, outcome: Outcome, message: str, points: float | None = None) -> Verdict:
        """A verdict: all points where passed and none where not, or as many as are given."""
        if points is None:
            points = self.points if outcome is Outcome.PASSED else 0.0
        return Verdict(
            self.id,
            outcome,
            points,
            self.points,
            message,
            details={PLACE: IN_LEARNERS_PROCESS},
        )

    def passed(self, result: str | None) -> Verdict:
        """The verdict of a test that ran to its end; `result` shows its last expression's value."""
        number = _number(result)
        if number is None:
            return self.verdict(Outcome.PASSED, messages.TESTS_PASSED)
        if not 0.0 <= number <= self.points:  # false for NaN, too
            return self.verdict(Outcome.WRONG, messages.no_points(str(result), self.points))
        if number == self.points:
            return self.verdict(Outcome.PASSED, messages.TESTS_PASSED)
        return self.verdict(Outcome.WRONG, messages.counted(number, self.points), number)

    def failed(self, kind: str, words: str, line: str) -> Verdict:
        """The verdict of a test that raised; `line` is the visible line that did, if any."""
        outcome = Outcome.WRONG if kind == "AssertionError" else Outcome.RAISED
        return self.verdict(outcome, messages.test_failed(kind, words, line))


def is_in_learners_process(details: dict[str, Any]) -> bool:
    """Whether a verdict comes from tests that ran in the learner's process."""
    return details.get(PLACE) == IN_LEARNERS_PROCESS


def _number(result: str | None) -> float | None:
    """What nbgrader reads as a number; None where it reads none."""
    try:
        number = float(result) if result is not None else None
    except ValueError:
        return None
    return number if number is None or math.isfinite(number) else math.nan
