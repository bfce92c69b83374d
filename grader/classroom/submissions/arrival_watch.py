"""Which submissions have come and are whole: a file counts once it has not changed for a while.

Exchanges, syncing folders and slow uploads write a file bit by bit. Reads no file, only what the
folder says of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom.course_paths import Course

# A file's number, size and time of change.
Mark = tuple[int, int, int]


@dataclass
class Arrivals:
    """Looks again and again; `settle` is how many seconds a file has to stay as it is."""

    course: Course
    units: list[str]
    settle: float
    _seen: dict[Path, tuple[Mark, float]] = field(default_factory=dict)
    _taken: dict[Path, Mark] = field(default_factory=dict)

    def look(self, now: float) -> dict[str, set[str]]:
        """Students by unit whose file is whole and was not taken yet; `now` in seconds."""
        found: dict[str, set[str]] = {}
        for unit, student, path, mark in self._marks():
            if self._seen.get(path, (None, 0.0))[0] != mark:
                self._seen[path] = (mark, now)
            is_whole = now - self._seen[path][1] >= self.settle
            if is_whole and self._taken.get(path) != mark:
                found.setdefault(unit, set()).add(student)
        return found

    def take(self, found: dict[str, set[str]]) -> None:
        """These have been graded as they were at the last look."""
        for unit, students in found.items():
            for student in students:
                path = self.course.submission(unit, student)
                if path in self._seen:
                    self._taken[path] = self._seen[path][0]

    def is_waiting(self) -> bool:
        """Whether there is a file that has not been taken yet."""
        return any(self._taken.get(path) != mark for _, _, path, mark in self._marks())

    def _marks(self) -> Iterator[tuple[str, str, Path, Mark]]:
        for unit in self.units:
            for student in self.course.students(unit):
                path = self.course.submission(unit, student)
                try:
                    told = path.lstat()
                except OSError:  # it has just been taken away
                    continue
                yield unit, student, path, (told.st_ino, told.st_size, told.st_mtime_ns)
