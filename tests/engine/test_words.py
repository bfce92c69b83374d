"""What learners are told where their code meets what a graded run does not have."""

import json
from typing import Any

import nbformat
import pytest

from grader.classroom.engine import Job, run
from grader.classroom.sandbox import ColdSandbox, SandboxSpec

from .conftest import COURSE, IMPORTS, RIGHT, Cells, answered, notebook, question
from .test_run import outcomes

pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sklearn", "package sklearn is not part of this course"),
        ("%matplotlib widget", "ipympl"),
        ("exit()", "end the whole notebook or its cell"),
        ("quit()", "end the whole notebook or its cell"),
        ("import sys\nsys.exit(1)", "end the whole notebook or its cell"),
        ("double = input('factor? ')", "nobody is there to type"),
        ("import torch\ntorch.zeros(1).cuda()", "has no such GPU"),
        ("import torch\ntorch.zeros(1, device='cuda')", "has no such GPU"),
        ("open('my.csv')", "'my.csv' is not there. What is graded is your notebook alone"),
        ("import numpy\nnumpy.loadtxt('data/mine.txt')", "your notebook alone"),
        ("%%nosuch\n1", "The magic %nosuch"),
        ("%nosuch", "The magic %nosuch"),
        ("import urllib.request as u\nu.urlopen('https://example.org')", "no internet"),
        ("<<<<<<< HEAD\ndouble = abs\n=======\ndouble = max\n>>>>>>> b", "merge conflict"),
    ],
)
def test_the_answer_is_told_what_helps(grade: Any, code: str, words: str) -> None:
    result = grade([*answered("t-one", code), *answered("t-two", RIGHT)])
    assert words in result.verdicts["t-one"].message
    assert result.verdicts["t-one"].points == 0
    assert outcomes(result)["t-two"] == "passed", result.verdicts["t-two"].message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sklearn\nfactor = 2", "The package sklearn is not part"),
        ("factor = open('f.txt').read()", "your notebook alone"),
        ("factor = 1 / 0", "ended with ZeroDivisionError: division by zero. Mend that one first."),
        ("<<<<<<< HEAD\nfactor = 1\n=======\nfactor = 2\n>>>>>>> b", "merge conflict"),
    ],
)
def test_a_missing_name_is_traced_to_the_cell_that_failed(
    grade: Any, code: str, words: str
) -> None:
    result = grade([code, *answered("t-one", "def double(x):\n    return factor * x")])
    message = result.verdicts["t-one"].message
    assert "name 'factor' is not defined" in message
    assert words in message


def test_a_name_that_comes_too_late_is_traced_to_its_cell(grade: Any) -> None:
    late = "factor = 2"
    result = grade([*answered("t-one", "def double(x):\n    return factor * x"), late])
    assert "further down, the one that begins `factor = 2`" in result.verdicts["t-one"].message


def test_what_was_bound_in_a_given_cell_is_told_with_the_cure() -> None:
    cells: Cells = [IMPORTS, *answered("t-one", "def double(x):\n    return np.abs(x)")]
    made = nbformat.reads(notebook(cells).decode(), as_version=4)
    made.metadata["grader"] = {"replaced": {"code-1": ["np"]}}
    job = Job("ada", "99_test", json.dumps(made).encode(), {"t-one": question("t-one")})
    (result,) = run([job], ColdSandbox(), SandboxSpec(course=COURSE))
    assert "You had bound `np` in a given cell (code-1)" in result.verdicts["t-one"].message
    assert "The change bound np." in result.report.remarks[0]
