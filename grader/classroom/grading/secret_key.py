"""The class's secret, from which hidden inputs are drawn: made in one step, whole or not at all."""

import contextlib
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.classroom.course_paths import Course
from grader.core.errors import SetupError

SECRET = "secret"  # noqa: S105 - the name of its file


def class_secret(course: Course) -> str:
    """The class's secret; made on first use, and the same for all who start at once.

    Raises SetupError where it can neither be read nor made.
    """
    path = course.classroom / SECRET
    try:
        kept = _read(path)
        if kept:
            return kept
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            return _read(path) or _made(path)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        message = (
            f"The class's secret {path} can neither be read nor made: {why}. Hidden inputs are "
            "drawn from it, so nothing was graded. Make the folder yours to write, or bring the "
            "file back from a copy."
        )
        raise SetupError(message) from error


def _read(path: Path) -> str:
    """What it holds; nothing where it is not there, or was left empty by a full disk."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _made(path: Path) -> str:
    """Write a new one beside its place, and put it there when it is on the disk."""
    made = secrets.token_hex(32)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(made + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # never over another's that has come meanwhile, where locks mean nothing
            os.link(name, path)
        except OSError:
            if _read(path):
                return _read(path)
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    with contextlib.suppress(OSError):  # not every file system can
        os.fsync(folder)
    os.close(folder)
    return _read(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One grader at a time, as far as the file system keeps locks."""
    number = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
