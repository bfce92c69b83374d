"""Call nbgrader inside this process, with its traps disarmed.

nbgrader looks for `alembic` on PATH, changes the working folder, and leaves NBGRADER_EXECUTION set
after a submission that failed. Everything here is put back afterwards.
"""

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from traitlets.config import Config

from grader.classroom.course_paths import Course
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.configuration import configure, set_folders, set_running
from grader.classroom.nbgrader.transactions import EngineCache


@contextmanager
def nbgrader_environment() -> Iterator[None]:
    """The environment that nbgrader needs; the old one and the working folder come back."""
    from nbgrader import api

    before, folder = dict(os.environ), Path.cwd()
    paths, modules = list(sys.path), set(sys.modules)
    create, asked = api.create_engine, api.get_alembic_version
    # inside another environment its engines serve here, too: two would lock each other out
    own = None if isinstance(create, EngineCache) else EngineCache(create)
    tables = api.Base.metadata
    create_all = tables.create_all
    try:
        if own:
            api.create_engine, tables.create_all = own, own.once(create_all)
        # for each new database it starts `alembic` by its name, which need not be on PATH, and
        # waits two seconds for one word
        api.get_alembic_version = schema_version
        with warnings.catch_warnings():
            # nbgrader builds its database rows in an order that SQLAlchemy 2 frowns upon
            warnings.filterwarnings("ignore", module="nbgrader")
            yield
    finally:
        api.create_engine, api.get_alembic_version = create, asked
        tables.create_all = create_all
        if own:
            own.close()
        os.chdir(folder)
        _forget_plugins(paths, modules)
        os.environ.clear()
        os.environ.update(before)


@cache
def schema_version() -> str:
    """The version of nbgrader's database schema, as `nbgrader.api.get_alembic_version` says it."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


def class_config(course: Course, settings: RunSettings) -> Any:
    """The configuration that the stock commands read, for a call in this process.

    What the class's `nbgrader_config.py` says counts; folders and settings are those given here.
    Raises SetupError where that file cannot be read.
    """
    from grader.classroom.nbgrader.config_loading import load

    return merged(course, settings, load(course).config)


def merged(course: Course, settings: RunSettings, own: Config) -> Any:
    """Our configuration with the class's `own` on top, but with these folders and settings."""
    config = Config()
    configure(config, root=course.root, classroom=course.classroom, settings=settings)
    config.merge(own)
    set_folders(config, course)
    set_running(config, course, settings)
    return config


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
