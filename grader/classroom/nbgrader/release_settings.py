"""How nbgrader makes a release from source notebooks: its own steps, and ours by their paths."""

from pathlib import Path
from typing import Any

CODE_STUB = "# your code here"
TEXT_STUB = "*Your words here.*"
_OURS = "grader.classroom.nbgrader"
_THEIRS = "nbgrader.preprocessors"


def configure_release(c: Any, source: Path) -> None:
    """Fill in how a release is made from the notebooks in `source`; folders are set elsewhere."""
    # once after all preprocessors, and not after each: only ours and nbgrader's own are there
    c.NotebookExporter.optimistic_validation = True
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    c.GenerateAssignment.preprocessors = [
        f"{_THEIRS}.LockCells",
        f"{_OURS}.generation.ClearAnswers",
        f"{_THEIRS}.ClearOutput",
        f"{_OURS}.sanitizing.CheckMetadata",
        f"{_THEIRS}.ComputeChecksums",
        f"{_THEIRS}.SaveCells",
        f"{_THEIRS}.ClearHiddenTests",
        f"{_THEIRS}.ClearMarkScheme",
        f"{_THEIRS}.ComputeChecksums",
        f"{_OURS}.generation.StampRelease",
        f"{_OURS}.sanitizing.CheckMetadata",
    ]
    c.StampRelease.source = str(source)
