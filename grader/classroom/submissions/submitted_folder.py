"""Put a submission into a class's `submitted/` so that nothing that lay there is lost.

What was handed in before moves to `earlier/`. Nothing is written through a link, and a file appears
whole or not at all. Called by `grader submit` and `grader collect`; needs no nbgrader.
"""

import contextlib
import itertools
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.core.errors import SetupError
from grader.core.names import stem

SUBMITTED, EARLIER = "submitted", "earlier"
TIMESTAMP = "timestamp.txt"  # nbgrader reads from it when something was handed in


@dataclass(frozen=True)
class PlacedSubmission:
    """Where a notebook now lies; `before` is where the one of before went, if there was one."""

    unit: str
    path: Path
    before: Path | None
    changed: bool


def place(classroom: Path, student: str, unit: str) -> Path:
    """Where a student's notebook of a unit lies."""
    return classroom / SUBMITTED / student / unit / f"{stem(unit)}.ipynb"


def put(
    classroom: Path,
    student: str,
    unit: str,
    data: bytes,
    time: datetime | None = None,
    *,
    may_be_again: bool = False,
) -> PlacedSubmission:
    """Put a notebook in its place; `time` is when it was handed in, unknown when left out.

    With `may_be_again` it is when it was handed in this time: where the same notebook lies there
    already, that was earlier, and its time, known or not, stays.

    `classroom` is a resolved path and `student` a checked name. Raises SetupError where the class's
    folder cannot be written or holds links.
    """
    path = place(classroom, student, unit)
    with _told(path):
        _refuse_links(path, classroom)
        _refuse_links(classroom / EARLIER / student / unit, classroom)
        if path.is_file() and path.read_bytes() == data:
            is_known = may_be_again or (path.parent / TIMESTAMP).exists()
            if time is not None and not is_known:
                _keep_time(path.parent, time)
            return PlacedSubmission(unit, path, None, changed=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        arriving = _staged(path.parent, data)  # whole, before anything of before is touched
        try:
            before = _moved(path, classroom / EARLIER / student / unit) if path.exists() else None
            path.open("xb").close()  # ours, or nobody's: somebody else's file is not replaced
            arriving.replace(path)
        finally:
            arriving.unlink(missing_ok=True)
        _keep_time(path.parent, time)
    return PlacedSubmission(unit, path, before, changed=True)


def is_kept(classroom: Path, student: str, unit: str, data: bytes) -> bool:
    """Whether a notebook was handed in before and has been replaced since."""
    folder = classroom / EARLIER / student / unit
    return any(path.is_file() and path.read_bytes() == data for path in folder.glob("*.ipynb"))


def keep(classroom: Path, student: str, unit: str, data: bytes) -> Path | None:
    """Keep a notebook in `earlier/` that is not to be graded; None where it is kept already."""
    folder = classroom / EARLIER / student / unit
    with _told(folder):
        _refuse_links(folder, classroom)
        if is_kept(classroom, student, unit, data):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        arriving = _staged(folder, data)
        try:
            return arriving.replace(_free(folder, stem(unit)))
        finally:
            arriving.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{error.filename or path} cannot be written: {error.strerror}. Nothing was lost."
        raise SetupError(message) from error


def _refuse_links(path: Path, top: Path) -> None:
    """No link on the way from `top` down to `path`."""
    for step in (path, *path.parents):
        if step != top and top in step.parents and step.is_symlink():
            message = f"{step} is a link and could lead anywhere; nothing was written. Remove it."
            raise SetupError(message)


def _keep_time(folder: Path, time: datetime | None) -> None:
    """Write or take away `timestamp.txt`: a time of the submission before would be a wrong one."""
    if time is None:
        (folder / TIMESTAMP).unlink(missing_ok=True)
        return
    text = time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC\n")
    _staged(folder, text.encode()).replace(folder / TIMESTAMP)


def _moved(path: Path, folder: Path) -> Path:
    """Move a notebook to the next free number in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return path.replace(_free(folder, path.stem))


def _free(folder: Path, name: str) -> Path:
    """A file of the next free number, made so that nobody else takes it."""
    for number in itertools.count(1):
        target = folder / f"{name}-{number}.ipynb"
        with contextlib.suppress(FileExistsError):
            target.open("xb").close()
            return target
    raise AssertionError  # numbers do not end


def _staged(folder: Path, data: bytes) -> Path:
    """A new file beside the one that it will become, readable by the class's owner."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".arriving-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    return Path(name)
