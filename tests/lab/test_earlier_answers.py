"""At home, too, an answer that uses one which has not passed is told where to look first."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader import lab
from grader.core.question import FunctionQuestion
from tests.lab.conftest import toy_unit


def double(x: float) -> float:
    return x + 7


def twice(x: float) -> float:
    return double(x) + 1


def alone(x: float) -> float:
    return x + 8


@pytest.fixture
def unit(folder: Path) -> Path:
    """`toy-double`, and `toy-twice`, which asks for the same of whoever calls the first."""
    unit = toy_unit()
    first = unit.questions["toy-double"]
    assert isinstance(first, FunctionQuestion)
    second = replace(first, id="toy-twice")
    given = {
        "toy-double": 'lab.check("toy-double", double)',
        "toy-twice": 'lab.check("toy-twice", twice)',
    }
    both = replace(unit, questions={**unit.questions, "toy-twice": second}, given=given)
    (folder / "unit.json").write_text(both.dumps())
    return folder


def test_an_answer_that_uses_one_that_failed_is_told_so(
    unit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "Your code uses `double`, and toy-double has not passed"
    lab.check("toy-twice", twice)
    assert told not in capsys.readouterr().out  # nobody knows yet
    lab.check("toy-double", double)
    assert told not in capsys.readouterr().out
    lab.check("toy-twice", twice)
    assert told in capsys.readouterr().out
    lab.check("toy-twice", alone)
    assert told not in capsys.readouterr().out
    lab.check("toy-twice", lambda x: (double, 3 * x)[1])
    assert told not in capsys.readouterr().out  # a known mistake, which the call has no part in
    lab.check("toy-double", lambda x: 2 * x)
    lab.check("toy-twice", twice)
    assert told not in capsys.readouterr().out
