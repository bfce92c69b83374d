"""Names and times as archives store them: encodings, separators, what systems leave behind."""

import contextlib
import re
import struct
import zipfile
from datetime import UTC, datetime

from grader.classroom.submissions.student_names import composed

_UTF8_FLAG = 0x800
_UNIX_TIME = 0x5455  # an extra field of Info-ZIP: seconds since 1970, in UTC
CHECKPOINTS = ".ipynb_checkpoints"
_JUNK_FOLDERS = {
    "__macosx",
    CHECKPOINTS,
    "__pycache__",
    ".git",
    ".idea",
    ".vscode",
    ".trash",
    ".venv",
}
_JUNK_FILES = {".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db", ".gitignore", "icon\r"}
_COPY = re.compile(
    r"(?P<stem>.+?)(?:[-_ ]?copy[-_ ]?(?P<a>\d*)|[ _-]?\((?P<b>\d+)\)|[-_ ]?kopie ?(?P<c>\d*))$",
    re.IGNORECASE,
)


def zip_name(info: zipfile.ZipInfo) -> str:
    """The name of an entry. Many programs write UTF-8 without saying so; others write cp437."""
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & _UTF8_FLAG:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """When an entry was changed: the field with a timezone, else this machine's; None for none."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNIX_TIME and len(body) >= 5 and body[0] & 1:
            return datetime.fromtimestamp(struct.unpack("<i", body[1:5])[0], UTC)
    if info.date_time[:3] <= (1980, 1, 1):
        return None
    try:
        return datetime(*info.date_time).astimezone(UTC)  # zip times are local
    except (ValueError, OverflowError):
        return None


def parts_of(path: str) -> tuple[str, ...] | None:
    """The parts of an entry's path; None for one that leads out of the archive."""
    if path.startswith("/") or re.match(r"[A-Za-z]:", path) or "\0" in path:
        return None
    parts = tuple(composed(part) for part in path.split("/") if part not in {"", "."})
    return None if ".." in parts else parts


def is_junk(parts: tuple[str, ...]) -> bool:
    """Whether a system or an editor left this behind, and nobody handed it in."""
    *folders, name = (part.lower() for part in parts) if parts else ("",)
    return (
        not _JUNK_FOLDERS.isdisjoint(folders)
        or name in _JUNK_FILES
        or name.startswith(("._", "~$"))
    )


def is_checkpoint(parts: tuple[str, ...]) -> bool:
    """Whether it is Jupyter's own copy of a notebook, and nothing else makes it junk."""
    rest = tuple(part for part in parts if part.lower() != CHECKPOINTS)
    return rest != parts and parts[-1].lower().endswith(".ipynb") and not is_junk(rest)


def without_copy_mark(name: str) -> tuple[str, int]:
    """A file's stem without what makes it a copy, and the copy's number; 0 for an original.

    A copy may carry two marks, as in Windows' `rnn - Copy (2)`: the last one's number counts.
    """
    number = 0
    for _ in range(2):
        if match := _COPY.match(name):
            name = match["stem"].rstrip(" -_")
            number = number or int((match["a"] or match["b"] or match["c"] or "1")[:6])
    return name, number
