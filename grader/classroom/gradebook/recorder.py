"""nbgrader's Autograde as `record` calls it: scores are in the gradebook before a file says so."""

from collections.abc import Callable
from typing import Any

from nbgrader.converters import Autograde


class Recorder(Autograde):  # type: ignore[misc]
    """Calls `before_writing` when all scores are told and the autograded file is not written."""

    before_writing: Callable[[], None]

    def write_single_notebook(self, output: str, resources: Any) -> None:
        """Write the file; whoever finds it later takes the submission for recorded."""
        if not self._sanitizing:
            self.before_writing()
        super().write_single_notebook(output, resources)
