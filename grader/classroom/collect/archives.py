"""The files of an archive or a folder from a stranger: names and sizes first, bytes when asked for.

Nothing is unpacked to disk. Links, devices, paths that lead out, encrypted and damaged entries are
told and left; sizes, numbers and the depth of archives within archives are bounded.
"""

import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from grader.classroom.collect.archive_names import (
    is_checkpoint,
    is_junk,
    parts_of,
    zip_name,
    zip_time,
)
from grader.classroom.notebooks.rebuilding import LARGEST_FILE
from grader.core.errors import UsageError
from grader.core.plain_text import one_line

MOST_FILES = 50_000
LARGEST_INNER = 100 * 1024 * 1024  # an archive within the archive
LARGEST_TOTAL = 8 * 1024**3
# What the readers of the standard library raise over damaged bytes.
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ValueError,
    ArithmeticError,
    LookupError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
_BROKEN = (*_DAMAGED, OSError)
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_OTHER_ARCHIVES = (".7z", ".rar")


@dataclass(frozen=True)
class ArchiveFile:
    """One file: the parts of its path, size, time of change where it is known, and a reader.

    `read` gives at most LARGEST_FILE + 1 bytes and raises Unreadable.
    """

    parts: tuple[str, ...]
    size: int
    time: datetime | None
    read: Callable[[], bytes]

    @property
    def path(self) -> str:
        """As it is told."""
        return one_line("/".join(self.parts))


@dataclass(frozen=True)
class SkippedFile:
    """What was left, and why."""

    path: str
    why: str


class Unreadable(Exception):  # noqa: N818 - it says what an entry is
    """One entry cannot be read; the others can."""


@dataclass
class SubmissionSource:
    """All files of an archive or a folder; `junk` counts what systems leave behind.

    `checkpoints` are what Jupyter keeps in a folder of its own: sometimes it is all that was sent.
    """

    files: list[ArchiveFile] = field(default_factory=list)
    checkpoints: list[ArchiveFile] = field(default_factory=list)
    left: list[SkippedFile] = field(default_factory=list)
    junk: int = 0
    made: datetime | None = None
    _seen: int = 0
    _bytes: int = 0

    def spend(self, size: int) -> None:
        """Count bytes that are read. Raises UsageError beyond the bound."""
        self._bytes += size
        if self._bytes > LARGEST_TOTAL:
            message = (
                f"More than {LARGEST_TOTAL // 1024**3} GB came out of it, so it was given up; what "
                "was placed until then is in its place. Split it, or take out what is no notebook."
            )
            raise UsageError(message)

    def take(self, path: str, size: int, time: datetime | None, read: Callable[[], bytes]) -> None:
        """Add a file, or say why not. Raises UsageError beyond the bound on their number."""
        self._seen += 1
        if self._seen > MOST_FILES:
            message = f"It holds more than {MOST_FILES} entries. Take out what is no submission."
            raise UsageError(message)
        parts = parts_of(path)
        if parts is None:
            self.left.append(
                SkippedFile(one_line(path), "leads out of the archive; it was not read")
            )
        elif is_checkpoint(parts):
            self.checkpoints.append(ArchiveFile(parts, size, time, read))
        elif is_junk(parts):
            self.junk += 1
        elif parts:
            self.files.append(ArchiveFile(parts, size, time, read))

    def leave(self, path: str, why: str) -> None:
        """Say why an entry was left."""
        parts = parts_of(path)
        if parts is not None and is_junk(parts):
            self.junk += 1
        else:
            self.left.append(SkippedFile(one_line("/".join(parts or ()) or path), why))


@contextmanager
def opened(path: Path) -> Iterator[SubmissionSource]:
    """The source at `path`. Raises UsageError for what cannot be opened."""
    with ExitStack() as stack:
        try:
            source = _listed(path, stack)
        except _DAMAGED as error:
            message = (
                f"{path} cannot be read as an archive ({error}): it was cut off, or is another "
                "kind of file. Load it down again; zip, tar, tar.gz and folders are taken."
            )
            raise UsageError(message) from error
        except OSError as error:
            message = f"{error.filename or path} cannot be read: {error.strerror or error}."
            raise UsageError(message) from error
        yield source


def _listed(path: Path, stack: ExitStack) -> SubmissionSource:
    source = SubmissionSource()
    if path.is_dir():
        _folder(source, path)
        return source
    if not path.is_file():
        message = f"{path} is neither an archive nor a folder."
        raise UsageError(message)
    if path.suffix == ".ipynb":
        message = f"{path} is one notebook: `grader submit {path} --student ID` takes it."
        raise UsageError(message)
    source.made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.name.lower().endswith(_TARS):
        _tar(source, stack.enter_context(tarfile.open(path)))  # noqa: SIM115 - the stack closes it
    else:
        _zip(source, stack.enter_context(zipfile.ZipFile(path)), "")
    return source


def _folder(source: SubmissionSource, top: Path) -> None:
    def unreadable(error: OSError) -> None:
        path = Path(error.filename or top)
        source.leave(path.relative_to(top).as_posix(), f"cannot be read: {error.strerror}")

    for folder, folders, names in os.walk(top, onerror=unreadable):
        folders.sort()
        here = Path(folder)
        if here != top and not folders and not names:
            source.leave(here.relative_to(top).as_posix(), "is an empty folder")
        for name in [name for name in folders if (here / name).is_symlink()]:
            source.leave((here / name).relative_to(top).as_posix(), "is a link")
        for name in sorted(names):
            path = here / name
            inner = path.relative_to(top).as_posix()
            told = path.lstat()
            if not stat.S_ISREG(told.st_mode):
                is_link = stat.S_ISLNK(told.st_mode)
                source.leave(inner, "is a link" if is_link else "is no ordinary file")
                continue
            time = datetime.fromtimestamp(told.st_mtime, UTC)
            read = _reader(source, partial(_open, path))
            _entry(source, inner, told.st_size, time, read, depth=0)


def _open(path: Path) -> io.BufferedReader:
    """Open an ordinary file: not what has been put in its place since."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    return os.fdopen(handle, "rb")


def _zip(source: SubmissionSource, archive: zipfile.ZipFile, above: str, depth: int = 0) -> None:
    folders: list[str] = []
    for info in archive.infolist():
        path = above + zip_name(info)
        if info.is_dir() or path.endswith("/"):
            folders.append(path.rstrip("/"))
            continue
        if stat.S_ISLNK(info.external_attr >> 16):
            source.leave(path, "is a link")
        elif info.flag_bits & 1:
            source.leave(path, "is encrypted: ask for it without a password")
        else:
            read = _reader(source, partial(archive.open, info))
            _entry(source, path, info.file_size, zip_time(info), read, depth=depth)
    told = [*(f.path for f in source.files), *(left.path for left in source.left), *folders]
    filled = {str(parent) for path in told for parent in PurePosixPath(path).parents}
    for folder in folders:
        if folder not in filled:
            source.leave(folder, "is an empty folder")


def _tar(source: SubmissionSource, tar: tarfile.TarFile) -> None:
    for count, info in enumerate(tar):
        if count > MOST_FILES:
            break
        if info.isdir():
            continue
        if not info.isreg():
            source.leave(info.name, "is a link" if info.islnk() or info.issym() else "is a device")
            continue
        time = datetime.fromtimestamp(info.mtime, UTC) if info.mtime else None
        read = _reader(source, partial(tar.extractfile, info))
        _entry(source, info.name, info.size, time, read, depth=0)


def _reader(source: SubmissionSource, open_it: Callable[[], object]) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        try:
            with open_it() as file:  # type: ignore[attr-defined]
                data: bytes = file.read(limit + 1)
                if len(data) <= limit:
                    file.read(1)  # the checksum is looked at behind the last byte
        except _BROKEN as error:
            raise Unreadable(str(error) or type(error).__name__) from error
        source.spend(len(data))
        return data

    return read


def _entry(
    source: SubmissionSource,
    path: str,
    size: int,
    time: datetime | None,
    read: Callable[[int], bytes],
    *,
    depth: int,
) -> None:
    """Take a file, or the files of an archive within."""
    lower = path.lower()
    parts = parts_of(path)
    if lower.endswith(".zip") and parts is not None and not is_junk(parts):
        _inner(source, path, size, read, depth)
    elif lower.endswith((*_TARS, *_OTHER_ARCHIVES)):
        source.leave(path, "is an archive of a kind that is not opened here: unpack it first")
    else:
        source.take(path, size, time, partial(read, LARGEST_FILE))


def _inner(
    source: SubmissionSource, path: str, size: int, read: Callable[[int], bytes], depth: int
) -> None:
    if depth:
        source.leave(path, "is an archive within an archive within an archive: unpack it first")
        return
    if size > LARGEST_INNER:
        megabytes = size // 1024**2
        source.leave(path, f"is an archive of {megabytes} MB, too large to be opened: unpack it")
        return

    def again() -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(read(LARGEST_INNER)))

    try:
        with again() as archive:
            inner = SubmissionSource(_seen=source._seen)  # noqa: SLF001 - counted together
            _zip(inner, archive, path + "/", depth + 1)
    except (Unreadable, *_BROKEN) as error:
        source.leave(path, f"cannot be read as an archive ({error})")
        return
    source._seen = inner._seen  # noqa: SLF001
    source.left += inner.left
    source.junk += inner.junk
    for group in ("files", "checkpoints"):
        for position, found in enumerate(getattr(inner, group)):
            reopened = _reopened(found, again, path, (group, position))
            getattr(source, group).append(reopened)


def _reopened(
    found: ArchiveFile,
    again: Callable[[], zipfile.ZipFile],
    above: str,
    place: tuple[str, int],
) -> ArchiveFile:
    """The same file, read from an archive that is opened anew: no archive is held in memory."""

    def read() -> bytes:
        source = SubmissionSource()
        try:
            with again() as archive:
                _zip(source, archive, above + "/", depth=1)
                data: bytes = getattr(source, place[0])[place[1]].read()
                return data
        except _BROKEN as error:
            raise Unreadable(str(error)) from error

    return ArchiveFile(found.parts, found.size, found.time, read)
