"""Copy a learner's folder with a teacher's rights: ordinary files only, and in bounds.

The folder belongs to the learner, who may change it while it is copied: every folder and file is
opened without following a link and looked at through what was opened.
"""

import filecmp
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

MOST_FILES = 2000
DEEPEST = 8
_AT_ONCE = 1 << 20
_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def copy_plain(source: Path, target: Path, ignored: Collection[str], largest: int) -> Iterator[str]:
    """Copy `source` to the new folder `target`; yields what was left out and why.

    What `ignored` names is left out without a word, as nbgrader does. Raises OSError where `source`
    is no folder, and where it holds more than `largest` bytes or `MOST_FILES` files.
    """
    if source.is_symlink():
        message = f"it is a link to {source.readlink()}, and links are not followed"
        raise NotADirectoryError(message)
    target.mkdir(parents=True)
    count, room = 0, largest
    for place, folders, files, handle in os.fwalk(source, follow_symlinks=False):
        below = Path(place).relative_to(source)
        linked = [name for name in folders if _is_link(name, handle)]
        folders[:] = [n for n in folders if n not in linked and not _fits(n, ignored)]
        if len(below.parts) >= DEEPEST:
            linked, folders[:] = [*linked, *folders], []
        for name in linked:
            yield f"{source / below / name} (a link, or more than {DEEPEST} folders deep)"
        for name in files:
            if _fits(name, ignored):
                continue
            count += 1
            if count > MOST_FILES:
                message = f"it holds more than {MOST_FILES} files"
                raise OSError(message)
            (target / below).mkdir(parents=True, exist_ok=True)
            taken = _copy(name, handle, target / below / name, room)
            if taken is None:
                yield f"{source / below / name} (a link, or no ordinary file)"
            else:
                room -= taken


def remove_equal(folder: Path, given: Path) -> None:
    """Remove from `folder` what is just as it is in `given`: all but notebooks."""
    for path in [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".ipynb"]:
        same = given / path.relative_to(folder)
        if same.is_file() and filecmp.cmp(path, same, shallow=False):
            path.unlink()
            for parent in path.relative_to(folder).parents[:-1]:
                with suppress(OSError):  # not empty yet
                    (folder / parent).rmdir()


def _fits(name: str, patterns: Collection[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _is_link(name: str, folder: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def _copy(name: str, folder: int, target: Path, room: int) -> int | None:
    """Copy one file; the bytes copied, None for what is no ordinary file."""
    try:
        handle = os.open(name, _NO_LINK, dir_fd=folder)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        copied = 0
        with target.open("xb") as copy:
            while part := file.read(_AT_ONCE):
                copied += len(part)
                if copied > room:
                    message = "it is larger than CourseDirectory.max_dir_size allows"
                    raise OSError(message)
                copy.write(part)
    return copied
