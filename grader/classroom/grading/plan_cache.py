"""What earlier plans found out about submitted files, by the files' hashes.

Reading and rebuilding a notebook takes ten times as long as hashing it, and a class that is graded
again has mostly the same files. Only saves time: where the file is lost or damaged, a plan is made
from the notebooks.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom.course_paths import Course
from grader.classroom.hashed_files import read_whole, write_whole
from grader.core.errors import SetupError

# The key, the run key and the problem of a submission.
Names = tuple[str, str, str]


@dataclass
class NotebookFacts:
    """The names of one unit's submissions; rows are (hash of the file, names) by student."""

    path: Path
    circumstances: tuple[str, str]
    _rows: dict[str, tuple[str, Names]] = field(default_factory=dict)
    _changed: bool = False

    @classmethod
    def of(cls, course: Course, unit: str, circumstances: tuple[str, str]) -> NotebookFacts:
        """What is known of a unit under the present circumstances and surroundings."""
        path = course.results / f"{unit}.known"
        known = cls(path, circumstances)
        with contextlib.suppress(ValueError, KeyError, TypeError):
            kept = json.loads(read_whole(path) or b"")
            if tuple(kept["circumstances"]) == known.circumstances:
                rows = kept["rows"].items()
                known._rows = {student: (mark, tuple(names)) for student, (mark, names) in rows}
        return known

    def find(self, student: str, data: bytes) -> Names | None:
        """The names that this very file got before."""
        mark, names = self._rows.get(student, ("", ("", "", "")))
        return names if mark == _mark(data) else None

    def add(self, student: str, data: bytes, names: Names) -> None:
        """Remember the names of a file."""
        self._rows[student] = (_mark(data), names)
        self._changed = True

    def keep(self) -> None:
        """Write what has been added; a full disk is found out by whoever keeps results."""
        if not self._changed:
            return
        content = {"circumstances": self.circumstances, "rows": self._rows}
        with contextlib.suppress(SetupError):
            write_whole(self.path, json.dumps(content).encode())


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
