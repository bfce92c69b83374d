"""Numbers of which bounds are known: what holds for all between them is said, all else refused."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.core.intervals import (
    Interval,
    Number,
    UndecidedError,
    interval,
    largest,
    median_of,
    smallest,
)

FLOATS = st.floats(min_value=0.5, max_value=200)
SMALL = st.integers(0, 6).map(float)


@st.composite
def inside(draw: st.DrawFn) -> tuple[Interval, float]:
    """An interval and a number in it."""
    low, number, high = sorted(draw(FLOATS) for _ in range(3))
    return Interval(low, high), number


@given(inside(), inside())
def test_results_hold_what_numbers_between_the_bounds_give(
    one: tuple[Interval, float], other: tuple[Interval, float]
) -> None:
    (a, x), (b, y) = one, other
    pairs: list[tuple[Number, float]] = [
        (a - b, x - y),
        (a - y, x - y),
        (3.5 - a, 3.5 - x),
        (a / b, x / y),
        (a / 3.0, x / 3.0),
        (3.0 / a, 3.0 / x),
        (0.75 * a, 0.75 * x),
        (smallest(a, b), min(x, y)),
        (largest(a, b, 1.0), max(x, y, 1.0)),
    ]
    for held, number in pairs:
        known = interval(held)
        assert known.low <= number <= known.high


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@given(st.tuples(SMALL, SMALL, SMALL, SMALL))
def test_a_comparison_is_told_where_it_is_the_same_for_all(
    compare: Callable[[object, object], bool], ends: tuple[float, ...]
) -> None:
    """Corners and what lies between them: a comparison that all of them share is the answer."""
    first, second = sorted(ends[:2]), sorted(ends[2:])
    some = itertools.product(
        (first[0], sum(first) / 2, first[1]), (second[0], sum(second) / 2, second[1])
    )
    found = {compare(x, y) for x, y in some}
    try:
        told = compare(Interval(*first), Interval(*second))
    except UndecidedError:
        assert len(found) == 2
    else:
        assert found == {told}


def test_a_number_compares_from_both_sides() -> None:
    assert Interval(2, 3) > 1
    assert 1 < Interval(2, 3)  # noqa: SIM300 - the other operand's method
    assert not Interval(2, 3) < 2
    with pytest.raises(UndecidedError):
        _ = Interval(2, 3) >= 2.5


@given(st.lists(SMALL, min_size=1, max_size=5), st.lists(SMALL, max_size=2))
def test_a_median_lies_within_its_bounds_whatever_is_missing(
    known: list[float], rest: list[float]
) -> None:
    bounds = median_of(known, len(rest))
    assert bounds.low <= median([*known, *rest]) <= bounds.high


def test_two_of_three_bound_their_median() -> None:
    assert median_of([9, 4], 1) == Interval(4, 9)
    assert median_of([9, 4, 5]) == Interval(5, 5)
    assert median_of([9], 2) == Interval(float("-inf"), float("inf"))


def test_bounds_are_written_where_they_differ_as_written() -> None:
    assert f"{Interval(84.2, 86):.1f}%" == "84.2 to 86.0%"
    assert f"{Interval(84.21, 84.24):.1f}%" == "84.2%"
