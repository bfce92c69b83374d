"""`nbgrader validate` runs a notebook from top to bottom: cells that only demonstrate are left out.

As in class they run where other code needs their names. nbgrader knows no such thing, and its limit
is thirty seconds a cell; so the kernel itself passes over them.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.core.demonstrations import TAG, needed
from grader.core.names import stem
from grader.core.unit_file import FILE_NAME, digest
from grader.lab.frontend import is_validated


def pass_over_demonstrations() -> None:
    """Have this kernel pass over them while nbgrader validates."""
    if not is_validated() or "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    left_out = demonstrations(Path.cwd())
    if shell is None or not left_out:
        return

    def emptied(lines: list[str]) -> list[str]:
        return [] if digest("".join(lines)) in left_out else lines

    shell.input_transformers_cleanup.insert(0, emptied)


def demonstrations(here: Path) -> set[str]:
    """The digests of the cells of the folder's notebook that need not run; none where it is odd."""
    try:
        cells = _code(_notebook(here))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()
    runs = needed(cells)
    kept = {digest(s) for place, (s, shows) in enumerate(cells) if not shows or place in runs}
    return {digest(source) for source, _ in cells} - kept


def _notebook(here: Path) -> Path:
    unit = json.loads((here / FILE_NAME).read_text(encoding="utf-8"))["unit"]
    path = here / f"{stem(unit)}.ipynb"
    return path if path.is_file() else next(iter(sorted(here.glob("*.ipynb"))), path)


def _code(path: Path) -> Sequence[tuple[str, bool]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        ("".join(cell["source"]), TAG in cell["metadata"].get("tags", []))
        for cell in cells
        if cell["cell_type"] == "code"
    ]
