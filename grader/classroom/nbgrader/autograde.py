"""nbgrader's Autograde as `record` calls it: scores are in the gradebook before a file says so."""

from collections.abc import Callable
from typing import Any

from nbgrader.converters import Autograde

from grader.classroom.grading.planning import Planner
from grader.classroom.nbgrader.nbgrader_compat import is_sanitizing


class Recorder(Autograde):  # type: ignore[misc]
    """Calls `before_writing` when all scores are in and the autograded file is not written.

    Our steps (`MendCells`, `Replay`) find the other two at their converter: `planner` is that of
    the unit, so that all submissions of a run share one reading of the release; `policy` is the
    hash of the rules by which it is recorded.
    """

    before_writing: Callable[[], None]
    planner: Planner
    policy: str

    def write_single_notebook(self, output: str, resources: Any) -> None:
        """Write the file; whoever finds it later takes the submission for recorded."""
        if not is_sanitizing(self):
            self.before_writing()
        super().write_single_notebook(output, resources)
