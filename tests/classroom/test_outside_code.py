"""Code outside of an answer cell: whether it could give the answer, and where the check goes."""

from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.classroom.notebooks.outside_code import OutsideCode
from grader.core.unit_file import digest

SCAFFOLD = "def step(x):\n    return helper(x) + ..."
HELPER = "def helper(x):\n    return SCALE * x"


def cell(name: str, source: str, **kind: bool) -> Any:
    metadata = {"nbgrader": {"grade_id": name, **kind}} if kind else {}
    return new_code_cell(source, id=name, metadata=metadata)


def read(*own: str, answer: str = SCAFFOLD, above: str = "SCALE = 2") -> OutsideCode:
    cells = [
        cell("given-1", above, locked=True, solution=False),
        cell("given-2", HELPER, locked=True, solution=False),
        cell("step-answer", answer, solution=True),
        cell("step", 'lab.check("step", step)', grade=True, solution=False),
        new_markdown_cell("step = 1", id="text"),
        *(cell(f"own-{number}", source) for number, source in enumerate(own)),
    ]
    return OutsideCode.of(new_notebook(cells=cells), {"step": digest(SCAFFOLD)})


@pytest.mark.parametrize(
    "source",
    [
        "def step(x):\n    return 2 * x",  # the answer in the cell below
        "helper = abs",  # what the scaffold calls
        "SCALE = 3",  # what that reads in turn, by way of given code
        "helper.table = {}",  # changed in place
    ],
)
def test_what_the_answer_depends_on_could_answer(source: str) -> None:
    assert read(source).could_answer("step")


@pytest.mark.parametrize("source", ["print(step(1))", "other = 1", "lab = None", "def step(: x"])
def test_other_code_could_not(source: str) -> None:
    assert not read(source).could_answer("step")


def test_an_untouched_answer_is_nobodys_own_and_text_is_no_code() -> None:
    assert read().own == []
    assert read("x = 1").own == [5]
    assert read(answer="def step(x): return x").own == [2]


def test_a_check_moves_behind_the_last_cell_that_gives_the_answer() -> None:
    code = read("def step(x): return 0", "x = 1", "def step(x): return 1", "y = 2")
    moved = code.checked_late(["step"])
    assert moved is not None
    ids = [each.id for each in moved.cells]
    assert ids[-3:] == ["own-2", "step", "own-3"]
    assert sorted(ids) == sorted(each.id for each in code.notebook.cells)
    assert code.notebook.cells[3].id == "step"  # the rebuilt notebook itself stays


def test_a_check_that_stands_behind_the_code_stays() -> None:
    assert read("x = 1").checked_late(["step"]) is None
    assert read("def step(x): return 0").checked_late([]) is None
