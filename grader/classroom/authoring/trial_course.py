"""A course that is released into a folder of its own, so that a check changes nothing."""

from dataclasses import dataclass
from pathlib import Path

from grader.classroom.course_paths import Course


@dataclass(frozen=True)
class TrialCourse(Course):
    """The course at `root` as it is read; what is made from it lies in `folder`."""

    folder: Path

    @property
    def notebooks(self) -> Path:
        """The trial's own release."""
        return self.folder / "notebooks"

    @property
    def source(self) -> Path:
        """The trial's notebooks with solutions."""
        return self.folder / "build" / "source"

    @property
    def release(self) -> Path:
        """Where nbgrader writes the trial's release."""
        return self.folder / "build" / "release"
