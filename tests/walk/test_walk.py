"""The walk of `make class-walk` on the toy course: fewer learners, one by one the same steps."""

from pathlib import Path

import pytest

from tests.walk.people import CLASS
from tests.walk.walk import walk

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"
FEW = {"zip": ("ada", "dua", "fay", "gil", "hua", "joy", "kai")}


@pytest.mark.long
@pytest.mark.sandbox
@pytest.mark.parametrize("road", FEW)
def test_all_that_is_told_of_a_class_agrees(road: str, tmp_path: Path) -> None:
    learners = [each for each in CLASS if each.student in FEW[road]]
    walked = walk(FIXTURE, tmp_path, road, "01_toy", "toy-double", learners, print)
    assert {student: lines for student, lines in walked.wrong.items() if lines} == {}
    assert walked.told["grade"]["gil"] is None
    assert walked.told["gradebook"]["dua"] == pytest.approx(0.8 * 3.0)
