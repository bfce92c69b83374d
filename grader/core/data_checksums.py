"""Checksums of a data set: whether what lies beside a notebook is what it was released with.

Only what code reads counts, and line ends do not: a checkout on Windows has the same data.
"""

import hashlib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

_TEXT = (".py", ".txt")
# For people, or to make the data anew from what is not here.
_ASIDE = ("*.md", "LICENSE*", "NOTICE*", "SHA256SUMS", "make.py")


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a data set that code reads, by its name."""
    return {path.name: _checksum(path) for path in _read(folder)}


def _read(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        is_aside = path.name.startswith(".") or any(fnmatch(path.name, p) for p in _ASIDE)
        if path.is_file() and not is_aside:
            yield path


def _checksum(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix in _TEXT:
        content = content.replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()
