"""Cells of ordinary nbgrader assignments, and notebooks of them as a teacher writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

# What a submission changes: sources by grade_id, or anything at all.
Change = dict[str, str] | Callable[[Any], None]


@dataclass(frozen=True)
class Assignment:
    """An assignment: its source cells, its files, and submissions by the name of who hands in."""

    name: str
    cells: Sequence[Any]
    submissions: dict[str, Change]
    files: dict[str, str]

    def write(self, source: Path) -> None:
        """Write the source notebook and what lies beside it."""
        folder = source / self.name
        folder.mkdir(parents=True)
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(cells=list(self.cells), metadata={"kernelspec": spec})
        nbformat.write(notebook, folder / f"{self.name}.ipynb")
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")

    def hand_in(self, release: Path, submitted: Path, student: str, change: Change) -> None:
        """Hand in the release with a change."""
        file = f"{self.name}.ipynb"
        notebook = nbformat.read(release / self.name / file, as_version=4)
        if callable(change):
            change(notebook)
        else:
            for grade_id, source in change.items():
                cell_of(notebook, grade_id).source = source
        folder = submitted / student / self.name
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / file)


def cell_of(notebook: Any, grade_id: str) -> Any:
    """The cell of that grade_id."""
    graded = (c for c in notebook.cells if "nbgrader" in c.metadata)
    return next(c for c in graded if c.metadata.nbgrader.grade_id == grade_id)


def prose(text: str) -> Any:
    """A cell of text that nbgrader does not know."""
    return new_markdown_cell(text)


def free(source: str) -> Any:
    """Code that learners get and may change."""
    return new_code_cell(source)


def given(name: str, source: str) -> Any:
    """Code that is locked."""
    return new_code_cell(source, metadata=_graded(name, locked=True))


def answer(name: str, source: str) -> Any:
    """An answer that tests check."""
    return new_code_cell(source, metadata=_graded(name, solution=True))


def autograded(name: str, points: float, source: str) -> Any:
    """Tests with points."""
    return new_code_cell(source, metadata=_graded(name, grade=True, locked=True, points=points))


def written(name: str, points: float) -> Any:
    """An answer in words, which a person reads."""
    metadata = _graded(name, grade=True, solution=True, points=points)
    return new_markdown_cell("YOUR ANSWER HERE", metadata=metadata)


def by_hand(name: str, points: float, source: str) -> Any:
    """An answer in code that a person reads."""
    metadata = _graded(name, grade=True, solution=True, points=points)
    return new_code_cell(source, metadata=metadata)


def task(name: str, points: float, text: str) -> Any:
    """A task whose cells learners add."""
    return new_markdown_cell(text, metadata=_graded(name, task=True, locked=True, points=points))


def _graded(name: str, **words: Any) -> dict[str, Any]:
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {**usual, **words, "grade_id": name, "schema_version": 3}}
