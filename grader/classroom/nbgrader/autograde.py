"""nbgrader's Autograde as `record` calls it: scores are in the gradebook before a file says so."""

from collections.abc import Callable
from typing import Any

from nbgrader.converters import Autograde

from grader.classroom.grading.planning import Planner
from grader.classroom.nbgrader.replay_outputs import Replay
from grader.classroom.nbgrader.sanitizing import MendCells


class Recorder(Autograde):  # type: ignore[misc]
    """Calls `before_writing` when all scores are told and the autograded file is not written.

    `planner` is that of the unit: all submissions of a run share one reading of the release.
    `policy` is the hash of the rules by which it is recorded.
    """

    before_writing: Callable[[], None]
    planner: Planner
    policy: str

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        for step in self.exporter._preprocessors:  # noqa: SLF001 - nbconvert tells them in no other way
            if isinstance(step, MendCells | Replay):
                step.planner = self.planner
            if isinstance(step, Replay):
                step.policy = self.policy

    def write_single_notebook(self, output: str, resources: Any) -> None:
        """Write the file; whoever finds it later takes the submission for recorded."""
        if not self._sanitizing:
            self.before_writing()
        super().write_single_notebook(output, resources)
