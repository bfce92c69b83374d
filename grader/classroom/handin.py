"""Hand in a notebook where there is no exchange: put it into a class's `submitted/`.

Where it goes is decided by what the notebook's cells are and by a checked name, never by a path
that somebody wrote. Nothing is overwritten: what was handed in before moves to `earlier/`. The
learner's own copy stays where it is. Called by `grader submit`; it needs no nbgrader and no
`solutions/`.
"""

import contextlib
import itertools
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from grader.classroom.mywork import released_units
from grader.classroom.notebook import LARGEST_FILE, names_of, question_cells, read_submission
from grader.core.errors import SetupError, SubmissionError, UsageError
from grader.core.names import stem

SUBMITTED, EARLIER = "submitted", "earlier"
TIMESTAMP = "timestamp.txt"  # nbgrader reads from it when something was handed in
_STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class HandedIn:
    """Where a notebook now lies; `before` is where the one of before went, if there was one."""

    unit: str
    path: Path
    before: Path | None
    changed: bool


def hand_in(home: Path, notebook: Path, classroom: Path, student: str) -> HandedIn:
    """Copy `notebook` to `classroom/submitted/<student>/<unit>/`.

    Raises UsageError for a file or a name that cannot be used, SubmissionError for a file that is
    no notebook of this course, SetupError where the class's folder cannot be written or holds
    links.
    """
    if _STUDENT.fullmatch(student) is None or student.endswith("."):
        message = (
            f"{student!r} cannot be a student's name: letters, digits and . _ @ - only, at most "
            "64, beginning with a letter or a digit. Say it with --student."
        )
        raise UsageError(message)
    data = _read(notebook)
    unit = unit_of(home, data)
    if not classroom.is_dir():
        message = f"There is no folder {classroom}. Ask your teacher where the class's folder is."
        raise UsageError(message)
    path = classroom.resolve() / SUBMITTED / student / unit / f"{stem(unit)}.ipynb"
    try:
        return _put(path, data, unit, student, classroom.resolve())
    except OSError as error:
        message = f"{error.filename or path} cannot be written: {error.strerror}. Nothing was lost."
        raise SetupError(message) from error


def unit_of(home: Path, data: bytes) -> str:
    """The unit whose questions a notebook has most of. Raises SubmissionError for none."""
    names = names_of(read_submission(data))
    shared = {
        unit: len(names & question_cells(nbformat.read(path / f"{stem(unit)}.ipynb", as_version=4)))
        for unit, path in released_units(home).items()
    }
    best = max(shared, key=lambda unit: shared[unit], default=None)
    if best is None or not shared[best]:
        message = (
            "This is no notebook of this course: none of its cells is known to "
            f"{', '.join(shared) or 'any released unit'}."
        )
        raise SubmissionError(message)
    return best


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():  # a device or a pipe might never end
            message = f"{path} is no file. Name your notebook, such as my-work/01_rnn/rnn.ipynb."
            raise UsageError(message)
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise UsageError(message) from error


def _put(path: Path, data: bytes, unit: str, student: str, classroom: Path) -> HandedIn:
    keep = classroom / EARLIER / student / unit
    for place in (*_down_to(path, classroom), *_down_to(keep, classroom)):
        if place.is_symlink():
            message = f"{place} is a link and could lead anywhere; nothing was written. Remove it."
            raise SetupError(message)
    if path.exists() and path.read_bytes() == data:
        return HandedIn(unit, path, None, changed=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = _staged(path.parent, data)  # whole, before anything of before is touched
    try:
        before = _moved(path, keep) if path.exists() else None
        path.open("xb").close()  # ours, or nobody's: somebody else's file is not replaced
        arriving.replace(path)
    finally:
        arriving.unlink(missing_ok=True)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC\n")
    _staged(path.parent, now.encode()).replace(path.parent / TIMESTAMP)
    return HandedIn(unit, path, before, changed=True)


def _down_to(path: Path, top: Path) -> Iterator[Path]:
    """`path` and the folders that lead to it, below `top`."""
    yield from (p for p in (path, *path.parents) if p != top and top in p.parents)


def _moved(path: Path, keep: Path) -> Path:
    """Move a notebook to the next free number in `keep`."""
    keep.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        target = keep / f"{path.stem}-{number}.ipynb"
        with contextlib.suppress(FileExistsError):
            target.open("xb").close()
            return path.replace(target)
    raise AssertionError  # numbers do not end


def _staged(folder: Path, data: bytes) -> Path:
    """A new file beside the one that it will become, readable by the class's owner."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".arriving-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    return Path(name)
