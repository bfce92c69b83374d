"""What kind of cell a released cell is, by nbgrader's metadata."""

from nbformat import NotebookNode


def is_answer(cell: NotebookNode) -> bool:
    """True for cells that the learner fills in and that count: nbgrader's solution cells."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_fixed(cell: NotebookNode) -> bool:
    """True for cells that only the course may change: prose, given code, checks."""
    return "nbgrader" in cell.metadata and not is_answer(cell)


def question_of(cell: NotebookNode) -> str | None:
    """The question id of a check cell, else None."""
    grading = cell.metadata.get("nbgrader", {})
    if grading.get("grade") and not grading.get("solution"):
        return str(grading["grade_id"])
    return None
