"""Files that are there whole or not at all, and that tell when they were damaged.

A file begins with the hash of the rest. It is written beside its place and moved there, so a grader
or a machine that stops in the middle leaves the old file or none.
"""

import contextlib
import hashlib
import os
from pathlib import Path

import psutil

from grader.core.errors import SetupError

_DRAFT = ".draft"
_DIGITS = 64


def write_whole(path: Path, body: bytes) -> None:
    """Write a file. Raises SetupError where the disk is full or the folder not ours."""
    draft = path.with_name(f".{path.name}.{os.getpid()}{_DRAFT}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        message = (
            f"{path} cannot be written: {error.strerror}. What was graded before is kept: make "
            "room (or mend the folder's permissions), then run the same command to go on."
        )
        raise SetupError(message) from error


def read_whole(path: Path) -> bytes | None:
    """What `write_whole` wrote; None where there is nothing or where a byte has changed."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    body = content[_DIGITS + 1 :]
    is_whole = content[: _DIGITS + 1] == hashlib.sha256(body).hexdigest().encode() + b"\n"
    return body if is_whole else None


def remove_drafts(folder: Path) -> None:
    """Remove what graders that were killed left half written."""
    for draft in folder.glob(f".*{_DRAFT}"):
        owner = draft.name.removesuffix(_DRAFT).rpartition(".")[2]
        if not owner.isdigit() or not psutil.pid_exists(int(owner)):
            draft.unlink(missing_ok=True)
