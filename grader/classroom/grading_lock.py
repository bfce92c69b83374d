"""One grading of a class at a time: a lock on a file in the class's folder.

The system frees it when the process that holds it ends, in whatever way. Held by `grader grade`,
`grader watch` while it grades, and `grader collect`; where a file system has no locks, nothing is
refused.
"""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime

from grader.classroom.course_paths import Course
from grader.core.errors import SetupError

FILE = "grading.lock"
_LONGEST = 200


@contextlib.contextmanager
def only_one(course: Course) -> Iterator[None]:
    """Hold the class's lock. Raises SetupError, with whose it is, where another process does."""
    path = course.classroom / FILE
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:  # no such folder, or one that cannot be written: others say so in their words
        yield
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                told = os.pread(handle, _LONGEST, 0).decode("utf-8", "replace").strip()
                message = (
                    f"Another grading of {course.classroom} is under way"
                    f"{f' ({told})' if told else ''}. Nothing was done: wait until it has ended, "
                    "and run the same command again; what it graded is kept."
                )
                raise SetupError(message) from error
        now = datetime.now().astimezone()
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
