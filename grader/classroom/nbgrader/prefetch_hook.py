"""nbgrader's hook before each submission: run all that is pending at once, before the first.

nbgrader swallows what a hook raises, so nothing may depend on this: where it fails, Replay runs the
submission itself and raises. Called by `nbgrader autograde` with the pattern "*", by formgrader
with one student.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.classroom.course_paths import Course
from grader.classroom.grading.settings import RunSettings

_done: set[tuple[object, ...]] = set()


@dataclass(frozen=True)
class PrefetchRuns:
    """The hook for one class."""

    course: Course
    settings: RunSettings

    def __call__(self, assignment: str, student: str, notebooks: Sequence[str]) -> None:  # noqa: ARG002 - nbgrader passes all three by name
        """Bring the gradebook to the current release and fill the store, once for each call."""
        asked = (self.course, self.settings, assignment, student)
        if asked in _done:
            return
        from grader.classroom.engine import PoolOptions
        from grader.classroom.grading.pending_runs import fill, missing
        from grader.classroom.grading.planning import plan
        from grader.classroom.nbgrader.registration import register

        register(self.course, assignment)
        works = plan(self.course, assignment, self.settings, student)
        crew = PoolOptions.of(None, None)
        fill(self.course, missing(self.course, works), self.settings, crew)
        if "*" in student:
            # the command line grades a whole class in one process, and asks for each submission
            _done.add(asked)
