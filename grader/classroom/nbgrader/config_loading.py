"""The class's own nbgrader configuration, read the way nbgrader's commands read it.

So late rules, plug-ins and further preprocessors that a teacher wrote into `nbgrader_config.py` are
those of `grader grade`, too. Only inside `inprocess.nbgrader_environment`: reading changes the
working folder and where plug-ins are found.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Application, Config

from grader.classroom.course_paths import CONFIG, Course
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.configuration import configure, set_folders, set_running
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.core.errors import SetupError


@dataclass(frozen=True)
class ClassConfig:
    """A configuration and the files that it was read from."""

    config: Any
    files: tuple[Path, ...]


@dataclass(frozen=True)
class ExchangeNames:
    """A class in nbgrader's exchange: its course id and the exchange's folder."""

    course_id: str
    root: str


def home(course: Course) -> Path:
    """The folder in which nbgrader's commands are called for a class.

    What stands in `classroom/` of a course is added by `configure`.
    """
    is_first = course.classroom == course.root / "classroom"
    is_own = not is_first and (course.classroom / CONFIG).is_file()
    return course.classroom if is_own else course.root


def load(course: Course) -> ClassConfig:
    """Read what an nbgrader command in the class's folder would: Jupyter's, then the class's.

    Raises SetupError where a file cannot be read: nbgrader would log that and go on without it.
    """
    os.chdir(home(course))
    app = NbGrader()
    app.raise_config_file_errors = True
    app.init_syspath()
    app.coursedir = CourseDirectory(parent=app)
    try:
        app.load_config_file(suppress_errors=False)
        # as NbGrader.initialize does: the course's own folder has the last word
        Application.load_config_file(app, CONFIG, path=app.coursedir.root)
    except (Exception, SystemExit) as error:
        message = (
            f"The configuration of this class cannot be read ({CONFIG} in {home(course)}): "
            f"{type(error).__name__}: {error}. Nothing was graded. Mend that file."
        )
        raise SetupError(message) from error
    files = {Path(name) for name in app.loaded_config_files} | {course.classroom / CONFIG}
    return ClassConfig(app.config, tuple(sorted(files)))


def exchange_of(course: Course) -> ExchangeNames:
    """Where the class's `nbgrader_config.py` puts it in an exchange.

    Raises SetupError where it names no course id or no folder.
    """
    with nbgrader_environment():
        config = load(course).config
    names = ExchangeNames(
        str(config.get("CourseDirectory", {}).get("course_id", "")),
        str(config.get("Exchange", {}).get("root", "")),
    )
    if not names.course_id or not names.root:
        lacking = "no folder of the exchange" if names.course_id else "no course id"
        message = (
            f"{home(course) / CONFIG} names {lacking}. Add, with your own words:\n"
            '    c = get_config()\n    c.CourseDirectory.course_id = "rnn-2026"\n'
            '    c.Exchange.root = "/srv/nbgrader/exchange"'
        )
        raise SetupError(message)
    return names


def class_config(course: Course, settings: RunSettings) -> Any:
    """The configuration that the stock commands read, for a call in this process.

    What the class's `nbgrader_config.py` says counts; folders and settings are those given here.
    Raises SetupError where that file cannot be read.
    """
    return merged(course, settings, load(course).config)


def merged(course: Course, settings: RunSettings, own: Config) -> Any:
    """Our configuration with the class's `own` on top, but with these folders and settings."""
    config = Config()
    configure(config, root=course.root, classroom=course.classroom, settings=settings)
    config.merge(own)
    set_folders(config, course)
    set_running(config, course, settings)
    return config
