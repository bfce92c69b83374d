"""Which files of a class other users of this machine can read. Looks at rights only, opens nothing.

A file is open to others where its own rights say so and every folder above it lets them pass. A
group counts as others where it has members besides the owner.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.classroom.course_paths import Course

# Marks, work, and all that tells answers or hidden inputs.
_PRIVATE = ("secret", "submitted", "earlier", "autograded", "feedback", "report", "results")
_DATABASES = "gradebook*.db"


def open_to_others(course: Course) -> list[Path]:
    """The files and folders of the class and the course's solutions that others can read."""
    return [path for path in _private(course) if path.exists() and _can_be_read(path)]


def closing(paths: list[Path]) -> str:
    """The command that takes these rights from others; the owner keeps all."""
    quoted = " ".join(f"'{path}'" for path in paths)
    return f"chmod -R go-rwx {quoted}"


def _private(course: Course) -> Iterator[Path]:
    yield course.solutions
    yield course.source
    yield from sorted(course.classroom.glob(_DATABASES))
    yield from (course.classroom / name for name in _PRIVATE)


def _can_be_read(path: Path) -> bool:
    return _allows(path, _reading(path)) and all(
        _allows(folder, _PASSING) for folder in path.resolve().parents
    )


_PASSING = (stat.S_IXOTH, stat.S_IXGRP)


def _reading(path: Path) -> tuple[int, int]:
    # whoever may pass through a folder opens what he can name, and names here are known
    return _PASSING if path.is_dir() else (stat.S_IROTH, stat.S_IRGRP)


def _allows(path: Path, bits: tuple[int, int]) -> bool:
    others, group = bits
    found = path.stat()
    return bool(found.st_mode & others) or bool(found.st_mode & group and _is_shared(found))


def _is_shared(found: os.stat_result) -> bool:
    """Whether a file's group has members besides its owner."""
    import grp
    import pwd

    try:
        owner = pwd.getpwuid(found.st_uid).pw_name
        members = {*grp.getgrgid(found.st_gid).gr_mem}
    except KeyError:
        return True
    members |= {user.pw_name for user in pwd.getpwall() if user.pw_gid == found.st_gid}
    return bool(members - {owner, "root"})
