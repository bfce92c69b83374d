"""Numbers of which only bounds are known, and comparisons that hold for all of them or are refused.

What decides by numbers, such as a diagnosis by medians, decides by intervals with the same code: it
ends as it would with any numbers between the bounds, or with `UndecidedError`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, median_high, median_low
from typing import TypeAlias


class UndecidedError(Exception):
    """A comparison holds for some numbers between the bounds and not for others."""


@dataclass(frozen=True)
class Interval:
    """Every number from `low` to `high`; one number where both are the same.

    Operations round as those on floats do, which keeps their order: a result's bounds are the
    results of bounds, to the last bit.
    """

    low: float
    high: float

    def __sub__(self, other: Number) -> Interval:
        """All differences."""
        taken = interval(other)
        return Interval(self.low - taken.high, self.high - taken.low)

    def __rsub__(self, other: float) -> Interval:
        """All differences."""
        return interval(other) - self

    def __mul__(self, factor: float) -> Interval:
        """All products with one factor that is not negative."""
        return Interval(self.low * factor, self.high * factor)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Interval:
        """All quotients of numbers above 0."""
        divisor = interval(other)
        return Interval(self.low / divisor.high, self.high / divisor.low)

    def __rtruediv__(self, other: float) -> Interval:
        """All quotients of numbers above 0."""
        return interval(other) / self

    def __lt__(self, other: Number) -> bool:
        """Whether every number is smaller than every other one, or none is."""
        than = interval(other)
        if self.high < than.low:
            return True
        if self.low < than.high:
            raise UndecidedError
        return False

    def __le__(self, other: Number) -> bool:
        """Whether every number is at most every other one, or none is."""
        than = interval(other)
        if self.high <= than.low:
            return True
        if self.low <= than.high:
            raise UndecidedError
        return False

    def __gt__(self, other: Number) -> bool:
        """Whether every number is greater than every other one, or none is."""
        return interval(other) < self

    def __ge__(self, other: Number) -> bool:
        """Whether every number is at least every other one, or none is."""
        return interval(other) <= self

    def __format__(self, spec: str) -> str:
        """`84.2`, or `84.2 to 86.0` where the bounds differ as they are written."""
        low, high = format(self.low, spec), format(self.high, spec)
        return low if low == high else f"{low} to {high}"


# A number, or what is known of one.
Number: TypeAlias = float | Interval


def interval(number: Number) -> Interval:
    """A number as the interval that holds it alone."""
    return number if isinstance(number, Interval) else Interval(number, number)


def smallest(*numbers: Number) -> Interval:
    """What is known of the smallest of some numbers."""
    known = [interval(number) for number in numbers]
    return Interval(min(each.low for each in known), min(each.high for each in known))


def largest(*numbers: Number) -> Interval:
    """What is known of the largest of some numbers."""
    known = [interval(number) for number in numbers]
    return Interval(max(each.low for each in known), max(each.high for each in known))


def median_of(values: Sequence[float], missing: int = 0) -> Interval:
    """The median of numbers of which so many are `missing`: what it is or may become."""
    if not missing:
        middle = median(values)
        return Interval(middle, middle)
    return Interval(
        median_low([*values, *[-math.inf] * missing]),
        median_high([*values, *[math.inf] * missing]),
    )
