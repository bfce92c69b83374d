"""Read a file that a stranger may have put there, and may change or take away at any moment.

Every reader of submissions goes through `read_ordinary`: it follows no link, waits for nobody, and
takes no more than it is told to. What it meets is that one student's problem.
"""

import errno
import os
import stat
from pathlib import Path

from grader.core.errors import SubmissionError

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_PART = 1024 * 1024


def read_ordinary(path: Path, most: int) -> bytes:
    """At most `most` + 1 bytes of the ordinary file `path`; its folders may be anything.

    Raises SubmissionError, with what to do, where it is gone, a link, a pipe, a folder, a device,
    or cannot be read.
    """
    try:
        number = os.open(path, _FLAGS)
    except OSError as error:
        raise SubmissionError(_why(path, error)) from error
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            message = f"{path} is not a file. Put the notebook that was handed in in its place."
            raise SubmissionError(message)
        parts, left = [], most + 1
        while left and (part := os.read(number, min(left, _PART))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    except OSError as error:
        raise SubmissionError(_why(path, error)) from error
    finally:
        os.close(number)


def _why(path: Path, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return (
            f"{path} is a link, and links are not followed. "
            "Put the file that was handed in itself in its place."
        )
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return f"{path} is gone: it was taken away or moved. Put it back, and grade again."
    if error.errno in {errno.ENXIO, errno.ENODEV}:
        return f"{path} is not a file. Put the notebook that was handed in in its place."
    return f"{path} cannot be read: {error.strerror}. Mend that, and grade again."
