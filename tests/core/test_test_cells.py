"""What the end of a test is worth: nbgrader's rules, and where ours differ."""

import pytest

from grader.core.test_cells import TestCell, is_in_learners_process
from grader.core.verdicts import Outcome

CELL = TestCell("sum", 4.0, "assert total([1]) == 1")


@pytest.mark.parametrize(
    ("result", "points"),
    [
        (None, 4.0),
        ("4", 4.0),
        ("2.5", 2.5),
        ("0", 0.0),
        ("True", 4.0),
        ("False", 4.0),  # nbgrader counts numbers alone
        ("np.float64(1.0)", 4.0),
        ("nan", 0.0),
        ("inf", 0.0),
        ("-1", 0.0),
        ("4.5", 0.0),
    ],
)
def test_a_number_is_that_many_points(result: str | None, points: float) -> None:
    assert CELL.passed(result).points == points


def test_all_points_are_passed_and_a_part_is_wrong() -> None:
    assert CELL.passed("4").outcome is Outcome.PASSED
    assert CELL.passed("3").outcome is Outcome.WRONG


def test_a_hidden_test_is_not_told() -> None:
    told = CELL.failed("AssertionError", "signs are no letters", "")
    assert told.message == "A hidden test failed: AssertionError: signs are no letters"
    assert told.points == 0.0
    assert told.outcome is Outcome.WRONG


def test_a_visible_line_is_told() -> None:
    told = CELL.failed("NameError", "name 'total' is not defined", CELL.visible)
    assert CELL.visible in told.message
    assert told.outcome is Outcome.RAISED


def test_every_verdict_says_that_its_tests_ran_in_the_learners_process() -> None:
    assert is_in_learners_process(CELL.passed(None).details)
    assert is_in_learners_process(CELL.verdict(Outcome.BROKEN, "no").details)
    assert not is_in_learners_process({})
