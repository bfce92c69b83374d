"""Axes whose edges and steps are round, whatever the values."""

import math

import pytest

from grader.lab.axes import BOTTOM, TOP, decades, linear, logarithmic, round_steps
from grader.lab.curves import smoothed


@pytest.mark.parametrize("values", [[0.5, 0.002], [3.0], [0.0, 7.3], [math.nan], [], [1e6, 2e-9]])
def test_a_log_axis_holds_every_value_and_has_round_steps(values: list[float]) -> None:
    panel = logarithmic(44, 10, values)
    for value in values:
        if math.isfinite(value):
            assert TOP <= panel.y(value) <= BOTTOM
    steps = panel.steps()
    assert len(steps) >= 2
    assert steps == sorted(steps)
    for step in [*steps, panel.low, panel.high]:
        assert f"{step:.0e}"[0] in "125"


def test_a_log_axis_gives_equal_ratios_equal_room() -> None:
    panel = logarithmic(44, 10, [0.01, 1.0])
    assert panel.y(0.01) - panel.y(0.1) == pytest.approx(panel.y(0.1) - panel.y(1.0))


@pytest.mark.parametrize("highest", [0.004, 0.7, 0.8, 5.1, 2000.0])
def test_a_linear_axis_begins_at_zero_and_ends_above_all(highest: float) -> None:
    panel = linear(44, 10, [highest, highest / 2])
    assert panel.low == 0
    assert highest < panel.high <= 2 * highest
    assert panel.steps()[0] == 0
    assert panel.steps()[-1] <= panel.high * (1 + 1e-9)


def test_a_smoothed_curve_is_a_mean_that_forgets_and_steps_over_gaps() -> None:
    curve = smoothed([1.0, 0.0, math.nan, 0.0])
    assert curve[:2] == [1.0, pytest.approx(0.7)]
    assert math.isnan(curve[2])
    assert curve[3] == pytest.approx(0.49)


@pytest.mark.parametrize(("low", "high"), [(-3.6, 3.4), (0.0, 0.8), (40.0, 100.0), (1e-9, 2e-9)])
def test_round_steps_lie_inside_and_are_multiples_of_their_distance(
    low: float, high: float
) -> None:
    steps = round_steps(low, high)
    assert 2 <= len(steps) <= 7
    assert low - 1e-12 <= steps[0]
    assert steps[-1] <= high + 1e-12
    stride = steps[1] - steps[0]
    assert all(step / stride == pytest.approx(round(step / stride)) for step in steps)


def test_powers_of_ten_are_at_most_seven_whatever_the_axis() -> None:
    assert decades(0, 3) == [1000, 100, 10, 1]
    assert decades(-12, 1) == pytest.approx([1e1, 1e-2, 1e-5, 1e-8, 1e-11])
