"""Call nbgrader inside this process, and put back what it changes.

nbgrader changes the working folder and leaves NBGRADER_EXECUTION set after a submission that
failed; a class's configuration adds to `sys.path`.
"""

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def nbgrader_environment() -> Iterator[None]:
    """The environment that nbgrader needs; the old one and the working folder come back.

    Raises SetupError where this nbgrader lacks what `nbgrader_compat` leans on.
    """
    from grader.classroom.nbgrader.nbgrader_compat import shared_engines

    before, folder = dict(os.environ), Path.cwd()
    paths, modules = list(sys.path), set(sys.modules)
    try:
        with shared_engines(), warnings.catch_warnings():
            # nbgrader builds its database rows in an order that SQLAlchemy 2 frowns upon
            warnings.filterwarnings("ignore", module="nbgrader")
            yield
    finally:
        os.chdir(folder)
        _forget_plugins(paths, modules)
        os.environ.clear()
        os.environ.update(before)


def _forget_plugins(paths: list[str], modules: set[str]) -> None:
    """Take back what a class's configuration added to `sys.path`, and what was found there.

    The next class, or this one after a change, has plug-ins of its own under the same names.
    """
    added = {Path(path) for path in sys.path if path not in paths}
    sys.path[:] = paths
    found = [name for name in set(sys.modules) - modules if name.partition(".")[0] != "grader"]
    for name in found:
        file = getattr(sys.modules.get(name.partition(".")[0]), "__file__", None)
        if file and added & {Path(file).parent, Path(file).parent.parent}:
            sys.modules.pop(name, None)


def course_folders(config: Any, unit: str) -> Any:
    """nbgrader's CourseDirectory for one unit."""
    from nbgrader.coursedir import CourseDirectory

    folders = CourseDirectory(config=config)
    folders.assignment_id = unit
    return folders


class CapturingLogger(logging.Logger):
    """A logger for nbgrader's converters that keeps the lines instead of printing them."""

    def __init__(self, level: int = logging.WARNING) -> None:
        super().__init__("nbgrader", level)
        self.lines: list[str] = []
        self.addHandler(_Keeper(self.lines))


class _Keeper(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
