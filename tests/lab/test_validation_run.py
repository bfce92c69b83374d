"""While nbgrader validates, cells that only demonstrate are passed over; none that is needed."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from grader.core.demonstrations import TAG
from grader.core.unit_file import digest
from grader.lab import validation_run
from grader.lab.frontend import GRADING_VARIABLE

TRAINING, PICTURE = "history = fit(model)", "draw(history)"


def write(path: Path, cells: Sequence[tuple[str, bool]]) -> None:
    content = [
        {"cell_type": "code", "source": source, "metadata": {"tags": [TAG] if shows else []}}
        for source, shows in cells
    ]
    text = {"cell_type": "markdown", "source": "Words.", "metadata": {"tags": [TAG]}}
    path.write_text(json.dumps({"cells": [text, *content]}), encoding="utf-8")


def test_a_demonstration_that_no_other_code_reads_is_left_out(folder: Path) -> None:
    write(folder / "toy.ipynb", [("model = 1", False), (TRAINING, True), (PICTURE, True)])
    assert validation_run.demonstrations(folder) == {digest(TRAINING), digest(PICTURE)}


def test_what_an_answer_reads_runs(folder: Path) -> None:
    cells = [(TRAINING, True), (PICTURE, True), ("best = history.best", False)]
    write(folder / "toy.ipynb", cells)
    assert validation_run.demonstrations(folder) == {digest(PICTURE)}


def test_a_learners_own_copy_of_a_demonstration_runs(folder: Path) -> None:
    """A cell is known by its text."""
    write(folder / "toy.ipynb", [(PICTURE, True), (PICTURE + "\n", False)])
    assert validation_run.demonstrations(folder) == set()


def test_a_renamed_notebook_is_found_and_the_units_own_comes_first(folder: Path) -> None:
    write(folder / "a copy.ipynb", [(TRAINING, True)])
    assert validation_run.demonstrations(folder) == {digest(TRAINING)}
    write(folder / "toy.ipynb", [(PICTURE, True)])
    assert validation_run.demonstrations(folder) == {digest(PICTURE)}


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [{"cell_type": "code"}]}', '{"cells": [3]}'])
def test_of_an_odd_notebook_everything_runs(text: str, folder: Path) -> None:
    assert validation_run.demonstrations(folder) == set()  # there is none
    (folder / "toy.ipynb").write_text(text, encoding="utf-8")
    assert validation_run.demonstrations(folder) == set()


@pytest.mark.parametrize(("mode", "left_out"), [("validate", True), ("autograde", False)])
def test_a_kernel_passes_over_them_only_while_nbgrader_validates(
    mode: str, *, left_out: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager: Any = TransformerManager()  # type: ignore[no-untyped-call]
    shell = SimpleNamespace(input_transformers_cleanup=manager.cleanup_transforms)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setenv(GRADING_VARIABLE, mode)
    shown = "if True:\n    draw(1)\n\n    draw(2)\n"
    write(folder / "toy.ipynb", [(shown, True), ("answer = 1", False)])
    validation_run.pass_over_demonstrations()
    assert manager.transform_cell(shown) == ("" if left_out else shown)
    assert manager.transform_cell("answer = 1") == "answer = 1\n"
