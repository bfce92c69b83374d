"""Files that are there whole or not at all, and that tell when they were damaged.

A file begins with the hash of the rest. It is written beside its place and moved there, so a grader
or a machine that stops in the middle leaves the old file or none.
"""

import hashlib
from pathlib import Path

import psutil

from grader.core.atomic_files import DRAFT, replace_file
from grader.core.errors import SetupError

_DIGITS = 64


def write_whole(path: Path, body: bytes) -> None:
    """Write a file. Raises SetupError where the disk is full or the folder not ours."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    except OSError as error:
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
    for draft in folder.glob(f".*{DRAFT}"):
        owner = draft.name.removesuffix(DRAFT).rpartition(".")[2]
        if not owner.isdigit() or not psutil.pid_exists(int(owner)):
            draft.unlink(missing_ok=True)
