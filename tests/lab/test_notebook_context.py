"""What stands around an answer at home: failed cells, changed given cells, the scaffold remade."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.events import EventManager, available_events
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

from grader.core.unit_file import Unit
from grader.core.verdicts import Outcome, Verdict
from grader.lab import notebook_context, run_context
from tests.lab.conftest import toy_unit

GIVEN = "import torch\nfactor = 2\n"
SCAFFOLD = "def train_model(train, val):\n    return given(train, val)\n"


@pytest.fixture
def checks() -> Unit:
    return replace(toy_unit(), given={"toy-given": GIVEN})


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes the notebook `lesson.ipynb` with one locked cell a source."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)

    def write(*sources: str, name: str = "lesson.ipynb") -> None:
        cells: list[dict[str, Any]] = [
            {
                "cell_type": "code",
                "source": source.splitlines(keepends=True),
                "metadata": {"nbgrader": {"locked": True, "grade_id": "toy-given"}},
            }
            for source in sources
        ]
        cells.append({"cell_type": "code", "source": ["factor = 9"], "metadata": {"tags": []}})
        (tmp_path / name).write_text(json.dumps({"cells": cells}), encoding="utf-8")

    return write


def missing(name: str, outcome: Outcome = Outcome.RAISED) -> Verdict:
    return Verdict("toy-double", outcome, 0, 2, f"NameError: name '{name}' is not defined")


def test_a_missing_name_is_traced_to_the_last_cell_that_should_have_bound_it(checks: Unit) -> None:
    failed = run_context.current().failed_cells
    failed.append(("factor = 1", "KeyError", "'old'"))
    failed.append(("factor = shift = 1 / 0", "ZeroDivisionError", "division by zero"))
    said = notebook_context.explained(missing("factor"), checks)
    assert "`factor = shift = 1 / 0` binds `factor`" in said
    assert "ended with ZeroDivisionError: division by zero" in said


def test_a_cell_that_does_not_parse_is_searched_by_its_lines(checks: Unit) -> None:
    run_context.current().failed_cells.append(("def shift(x:\n    pass", "SyntaxError", "'('"))
    assert "binds `shift`" in notebook_context.explained(missing("shift"), checks)


def test_nothing_is_said_of_other_names_and_other_outcomes(checks: Unit) -> None:
    run_context.current().failed_cells.append(("factor = 1 / 0", "ZeroDivisionError", "…"))
    assert notebook_context.explained(missing("shift"), checks) == ""
    assert notebook_context.explained(missing("factor", Outcome.WRONG), checks) == ""


def test_a_name_of_pythons_that_a_cell_overwrote_is_told(
    checks: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = SimpleNamespace(user_ns={"In": ["", GIVEN, "max = 3"]})
    monkeypatch.setattr(notebook_context, "_shell", lambda: ran)
    text = "'int' object is not callable. It happened in line 2: return max(x)"
    said = notebook_context.explained(Verdict("toy-double", Outcome.RAISED, 0, 2, text), checks)
    assert "your cell that begins `max = 3`" in said


def test_a_changed_given_cell_is_told_once_with_what_was_added(
    saved: Callable[..., None], tmp_path: Path, checks: Unit
) -> None:
    saved(GIVEN + "shift = 3\n")
    told = list(notebook_context.changed_cells(tmp_path, checks, "lesson.ipynb"))
    assert len(told) == 1
    assert "what you added (`shift`)" in told[0]
    assert list(notebook_context.changed_cells(tmp_path, checks, "lesson.ipynb")) == []


@pytest.mark.parametrize(
    "sources",
    [
        [GIVEN],
        [GIVEN + "\n\n"],
        ["import torch  # the library\nfactor = 2"],
        [""],
        # the whole cell stands elsewhere: this one is a copy to try things in
        ["factor = 5", GIVEN],
        [],
    ],
)
def test_a_given_cell_that_says_the_same_is_not_told_of(
    sources: list[str], saved: Callable[..., None], tmp_path: Path, checks: Unit
) -> None:
    saved(*sources)
    assert list(notebook_context.changed_cells(tmp_path, checks, "lesson.ipynb")) == []


def test_the_kernels_own_notebook_is_read_whatever_its_name(
    saved: Callable[..., None], tmp_path: Path, checks: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(GIVEN)
    saved("factor = 5", name="my copy.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", "/course/my copy.ipynb")
    assert len(list(notebook_context.changed_cells(tmp_path, checks, "lesson.ipynb"))) == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cells": 3}', '{"cells": [1]}', '{"cells": [{}]}']
)
def test_a_file_that_is_no_notebook_is_none_of_a_checks_business(
    text: str, tmp_path: Path, checks: Unit
) -> None:
    (tmp_path / "lesson.ipynb").write_text(text)
    assert list(notebook_context.changed_cells(tmp_path, checks, "lesson.ipynb")) == []
    assert list(notebook_context.changed_cells(tmp_path / "gone", checks, "lesson.ipynb")) == []


@pytest.mark.parametrize(
    ("ran", "remade"),
    [
        ([], False),
        (["", SCAFFOLD, GIVEN], False),
        ([SCAFFOLD + "\n"], False),
        (["other = 1"], False),
        (["def train_model(train, val):\n    return 5"], True),
        (["train_model = mine"], True),
        (["train_model.rate = 3"], True),
        # a learner's own variable of that name is no history
        ("words", False),
        (5, False),
    ],
)
def test_a_scaffold_is_remade_by_a_cell_of_the_learners_own(
    ran: Any, *, remade: bool, checks: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = SimpleNamespace(user_ns={"In": ran})
    monkeypatch.setattr(notebook_context, "_shell", lambda: shell)
    assert notebook_context.is_remade(SCAFFOLD, checks) is remade


def test_without_a_notebook_nothing_was_remade(
    checks: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook_context, "_shell", lambda: None)
    assert notebook_context.is_remade(SCAFFOLD, checks) is False


def test_cells_that_fail_are_kept_in_mind_once_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    shell: Any = SimpleNamespace()
    shell.events = EventManager(shell, available_events)
    monkeypatch.setattr(notebook_context, "_shell", lambda: shell)
    for _ in range(2):
        notebook_context.watch()

    def ran(source: str | None, *, before: Exception | None = None, error: Any = None) -> None:
        info = (
            None
            if source is None
            else ExecutionInfo(  # type: ignore[no-untyped-call]
                source, False, False, True, None
            )
        )
        result = ExecutionResult(info)  # type: ignore[no-untyped-call]
        result.error_before_exec, result.error_in_exec = before, error
        shell.events.trigger("post_run_cell", result)

    ran("factor = 1")
    ran("shift = 1 / 0", error=ZeroDivisionError("division by zero"))
    ran("def f(:", before=SyntaxError("invalid syntax"))
    ran(None, error=ValueError())
    assert run_context.current().failed_cells == [
        ("shift = 1 / 0", "ZeroDivisionError", "division by zero"),
        ("def f(:", "SyntaxError", "invalid syntax"),
    ]
    for _ in range(100):  # a loop of somebody who runs one cell again and again
        ran("1 / 0", error=ZeroDivisionError())
    assert len(run_context.current().failed_cells) == 50
