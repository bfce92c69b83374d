"""A curve that a learner expects of a run, drawn before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

POINTS = 21
"""Evenly spaced over the epochs of a run."""


@dataclass(frozen=True)
class GuessedCurve:
    """Validation accuracy in percent at POINTS places from the first epoch to the last."""

    epochs: int
    values: tuple[float, ...]

    def at(self, epoch: float) -> float:
        """What was guessed for an epoch, in percent: between two points on a straight line."""
        place = (POINTS - 1) * (epoch - 1) / max(self.epochs - 1, 1)
        place = min(max(place, 0.0), POINTS - 1.0)
        left = min(math.floor(place), POINTS - 2)
        share = place - left
        return (1 - share) * self.values[left] + share * self.values[left + 1]


def whole(drawn: Sequence[float | None]) -> tuple[float, ...]:
    """POINTS values from those that were drawn; gaps are bridged, ends go on level.

    Raises ValueError where nothing was drawn, or another number of points or other percents.
    """
    known = [(place, float(value)) for place, value in enumerate(drawn) if value is not None]
    fits = len(drawn) == POINTS and known and all(0 <= value <= 100 for _, value in known)
    if not fits:
        raise ValueError(drawn)
    found = []
    for place in range(POINTS):
        before = max((k for k in known if k[0] <= place), default=known[0])
        after = min((k for k in known if k[0] >= place), default=known[-1])
        span = after[0] - before[0]
        share = (place - before[0]) / span if span else 0.0
        found.append(round(before[1] + share * (after[1] - before[1]), 1))
    return tuple(found)
