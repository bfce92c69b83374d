"""Copies beside a submission: the notebook that somebody worked on may have another name.

JupyterLab, browsers and file managers make copies (`rnn-Copy1.ipynb`, `rnn (1).ipynb`), and people
work in one of them. The file that would be graded is then as it was released, or cannot be read.
"""

import shlex
from pathlib import Path

from grader.classroom.notebooks.rebuilding import LARGEST_FILE, read_submission
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.core.errors import SubmissionError

_MOST_COPIES = 20
_CHECKPOINTS = ".ipynb_checkpoints"  # Jupyter's copies of what was saved last


def passed_over(folder: Path, name: str, data: bytes, releases: ReleasedNotebooks) -> str:
    """Which copies beside `name` hold the work, where `name` itself (`data`) holds none.

    A sentence that says how to mend it; empty where there is nothing to say.
    """
    unit = folder.name
    copies = [path for path in sorted(folder.glob("*.ipynb")) if path.name != name]
    copies += sorted((folder / _CHECKPOINTS).glob("*.ipynb"))
    if not copies or unit not in releases.masters or _written(data, unit, releases):
        return ""
    found = [p for p in copies[:_MOST_COPIES] if _written(_content(p), unit, releases)]
    if not found:
        return ""
    others = ", ".join(path.relative_to(folder).as_posix() for path in found)
    command = shlex.join(["mv", str(found[0]), str(folder / name)])
    return (
        f"{folder / name} holds no work, and {others} beside it does, so nothing was graded. If "
        f"that is what was handed in: {command}"
    )


def _written(data: bytes, unit: str, releases: ReleasedNotebooks) -> int:
    """How many cells of a unit's notebook somebody wrote; 0 for what is no such notebook."""
    try:
        notebook = read_submission(data)
    except SubmissionError:
        return 0
    if releases.unit_of(notebook) not in {unit, None} or not releases.is_of(unit, notebook):
        return 0
    return releases.written(unit, notebook)


def _content(path: Path) -> bytes:
    try:
        return read_ordinary(path, LARGEST_FILE)
    except SubmissionError:
        return b""
