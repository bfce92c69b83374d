"""What nbgrader copies beside a graded notebook: when it came, and its secret for the exchange.

nbgrader's Autograde and GenerateFeedback copy whatever else lies in a submission's folder, follow
links while they do, and hand the copies back with the feedback. `CourseDirectory.ignore` would stop
that, but rules every other copy of nbgrader, too: release, fetch, submit, collect. So
`CopiesLittle` exchanges the folders of one converter alone, when nbgrader makes its exporter,
before any copy.
"""

import os
import stat
from pathlib import Path
from typing import Any

from nbgrader.converters.base import BaseConverter

TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
_KEPT = (TIMESTAMP, SECRET)
_LARGEST = 4096  # nbgrader writes 27 bytes and 128


class CopiesLittle:
    """For an nbconvert exporter that one of nbgrader's converters makes for itself."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        parent = getattr(self, "parent", None)
        if isinstance(parent, BaseConverter):
            given = parent.coursedir
            own = type(given)(**given.trait_values())
            own.ignore = ["*", ".*"]
            parent.coursedir = own

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Convert one notebook; nbconvert's writer puts the two files beside it."""
        resources = {} if resources is None else resources
        resources["outputs"] = belongings(Path(filename).parent)
        return super().from_filename(filename, resources=resources, **kw)  # type: ignore[misc]


def belongings(folder: Path) -> dict[str, bytes]:
    """What the exchange has to know of a submission: ordinary small files, no link followed."""
    found = {name: read_plain(folder / name, _LARGEST) for name in _KEPT}
    return {name: content for name, content in found.items() if content is not None}


def read_plain(path: Path, largest: int) -> bytes | None:
    """The content of an ordinary file of at most `largest` bytes; None for everything else."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > largest:
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(largest)
