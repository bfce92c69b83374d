"""What is sent of a test cell: text alone, nothing is run."""

from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from grader.classroom.engine.test_plan import TestPlan, python_of
from grader.core.test_cells import TestCell


def made(*cells: tuple[str, str], visible: dict[str, str] | None = None) -> tuple[TestPlan, Any]:
    """A plan of cells (name, source); names that begin with t are tests."""
    notebook = new_notebook(
        cells=[
            new_code_cell(
                source,
                id=name,
                metadata={"nbgrader": {"grade_id": name, "grade": True, "solution": False}}
                if name.startswith("t")
                else {},
            )
            for name, source in cells
        ]
    )
    shown = {name: source for name, source in cells if name.startswith("t")} | (visible or {})
    tests = {name: TestCell(name, 1.0, source) for name, source in shown.items()}
    released = [shown.get(name, source) for name, source in cells]
    plan = TestPlan(notebook, tests, released)
    return plan, {cell.id: cell for cell in notebook.cells}


def test_magics_are_pythons_before_they_are_sent() -> None:
    assert python_of("%matplotlib inline") == "get_ipython().run_line_magic('matplotlib', 'inline')"
    assert python_of("assert x == 1\nx") == "assert x == 1\nx"


def test_a_test_comes_with_the_tests_whose_names_it_reads() -> None:
    plan, cells = made(("t1", "sample = [1]"), ("t2", "other = 2"), ("t3", "assert sample"))
    assert plan.planned(cells["t3"]).earlier == ("sample = [1]",)
    assert plan.planned(cells["t1"]).earlier == ()


def test_what_other_code_reads_of_a_test_runs_in_the_notebook_without_its_hidden_part() -> None:
    plan, _ = made(
        ("t1", "sample = [1]\nassert hidden"),
        ("t2", "other = 2"),
        ("own", "print(sample)"),
        visible={"t1": "sample = [1]"},
    )
    assert plan.in_notebook == {"t1": "sample = [1]"}


def test_names_are_shared_only_where_learners_know_them() -> None:
    plan, cells = made(
        ("own", "def f():\n    return size, y_hidden"),
        ("t1", "size = 3\ny_hidden = 4\nassert f()"),
        ("t2", "y_hidden = 4\nassert f()"),
        visible={"t1": "size = 3", "t2": ""},
    )
    plan = TestPlan(plan.notebook, plan.tests, ["size = 3"])
    assert plan.planned(cells["t1"]).shared
    assert not plan.planned(cells["t2"]).shared


def test_builtins_that_the_course_binds_are_its_own() -> None:
    plan, cells = made(("scaffold", "def sum(x): ..."), ("t1", "assert sum([1])"))
    assert plan.planned(cells["t1"]).own == ("sum",)


def test_packages_that_are_imported_are_named() -> None:
    plan, _ = made(("own", "  import pandas as pd\nfrom numpy import array\nimport mine"))
    assert plan.packages == ("numpy", "pandas")
