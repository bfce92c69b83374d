"""nbgrader's configuration for this course: how its stock commands come to use our referee.

Called by `nbgrader_config.py` (the command line, formgrader) and by every call that we make in
process, so both go the same way. Our own steps are named by their paths, which nbgrader imports
when it needs them.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.classroom.course_paths import CONFIG, Course, class_folder
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.release_settings import TEXT_STUB, configure_release

_OURS = "grader.classroom.nbgrader"
_THEIRS = "nbgrader.preprocessors"
_done: set[tuple[object, ...]] = set()
_adding: list[Path] = []  # the file that is being added, which may call `configure` itself


def configure(
    c: Any,
    *,
    root: Path | str,
    classroom: Path | str | None = None,
    settings: RunSettings | None = None,
) -> None:
    """Fill nbgrader's configuration object `c` for the course at `root`.

    `classroom` is the class's folder, in the course (`classroom/` unless given). `settings` say how
    submissions run, as the options of `grader grade` do. A course without `solutions/` keeps
    nbgrader's own folders, its release steps and its exchange.
    """
    base = Path(root).resolve()
    course = Course(base, Path(classroom).resolve() if classroom else class_folder(base))
    _find_programs()
    # nbgrader opens its database before it makes any folder
    course.classroom.mkdir(parents=True, exist_ok=True)
    set_folders(c, course)
    if course.has_units:
        configure_release(c, course.source)
        _exchange(c, course)
    _autograde(c, course, settings or RunSettings())
    _feedback(c, course)
    _add_own(c, course)


def _add_own(c: Any, course: Course) -> None:
    """Add the configuration in `classroom/`, which nbgrader reads when it is called there alone.

    So a rule written there counts wherever a command is called.
    """
    own = course.classroom / CONFIG
    if course.classroom != course.root / "classroom" or not own.is_file() or _adding:
        return
    from traitlets.config.loader import PyFileConfigLoader

    if str(course.classroom) not in sys.path:  # as nbgrader does where it is called
        sys.path.insert(0, str(course.classroom))
    _adding.append(own)
    try:
        c.merge(PyFileConfigLoader(own.name, path=str(own.parent)).load_config())
    finally:
        _adding.clear()


def _find_programs() -> None:
    """Let nbgrader find `alembic`, which it starts by name, beside the Python that runs it.

    Who types `.venv/bin/nbgrader` without having activated the environment has it on no PATH, and
    on a hub the first one on PATH may be that of the hub's own Python.
    """
    beside = Path(sys.executable).parent
    own = beside / "alembic"
    if own.is_file() and shutil.which("alembic") != str(own):
        os.environ["PATH"] = os.pathsep.join([str(beside), os.environ.get("PATH", os.defpath)])


def set_folders(c: Any, course: Course) -> None:
    """Fill in where everything of a class lies."""
    # nbgrader reads the configuration in this folder last, so it has to be the one that called us
    base = course.root if course.classroom == course.root / "classroom" else course.classroom
    c.CourseDirectory.root = str(base)
    c.CourseDirectory.db_url = f"sqlite:///{course.gradebook}"
    c.CourseDirectory.source_directory = os.path.relpath(course.source, base)
    c.CourseDirectory.release_directory = os.path.relpath(course.release, base)
    c.CourseDirectory.submitted_directory = os.path.relpath(course.submitted, base)
    c.CourseDirectory.autograded_directory = os.path.relpath(course.autograded, base)
    c.CourseDirectory.feedback_directory = os.path.relpath(course.feedback, base)


def _exchange(c: Any, course: Course) -> None:
    c.ExchangeFactory.release_assignment = f"{_OURS}.exchange.ReleaseUnit"
    c.ExchangeFactory.collect = f"{_OURS}.exchange.Collect"
    c.ExchangeFactory.release_feedback = f"{_OURS}.exchange.ReleaseFeedback"
    c.ReleaseUnit.notebooks = str(course.notebooks)
    c.Collect.release = str(course.release)


def _autograde(c: Any, course: Course, settings: RunSettings) -> None:
    # nbgrader skips what it has graded before, even when the file has changed since; a second
    # grading costs little here, because results are kept by content
    c.Autograde.force = True
    c.Autograde.exporter_class = f"{_OURS}.sanitizing.SafeExporter"
    c.Autograde.pre_convert_hook = PrefetchRuns(course, settings)
    c.Autograde.sanitize_preprocessors = [
        f"{_OURS}.sanitizing.MendCells",
        f"{_THEIRS}.OverwriteKernelspec",
        f"{_OURS}.sanitizing.CheckMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        f"{_OURS}.replay_outputs.Replay",
        f"{_OURS}.score_saving.SaveScores",
        f"{_OURS}.late_plugin.OwnDueDates",
        f"{_THEIRS}.AssignLatePenalties",
        f"{_OURS}.sanitizing.CheckMetadata",
    ]
    set_running(c, course, settings)


def set_running(c: Any, course: Course, settings: RunSettings) -> None:
    """Fill in what our own steps need: which class, and how submissions run."""
    c.SafeExporter.notebooks = str(course.notebooks)
    c.MendCells.root = str(course.root)
    c.MendCells.classroom = str(course.classroom)
    c.OwnDueDates.classroom = str(course.classroom)
    c.Replay.root = str(course.root)
    c.Replay.classroom = str(course.classroom)
    c.Replay.device = settings.device
    c.Replay.sandbox = settings.sandbox
    c.Replay.everything = settings.everything


def _feedback(c: Any, course: Course) -> None:
    c.GenerateFeedback.exporter_class = f"{_OURS}.feedback_export.FeedbackExporter"
    c.GenerateFeedback.preprocessors = [f"{_OURS}.feedback_export.ShowGrades"]
    c.ShowGrades.root = str(course.root)
    c.ShowGrades.classroom = str(course.classroom)
    c.FeedbackExporter.notebooks = str(course.notebooks)
    c.FeedbackExporter.stub = TEXT_STUB
    # what a learner's code drew or wrote is shown in the browsers of others
    c.HTMLExporter.sanitize_html = True


@dataclass(frozen=True)
class PrefetchRuns:
    """nbgrader's hook before each submission of a class: run all that is pending, before the first.

    nbgrader swallows what a hook raises, so nothing may depend on this: where it fails, `Replay`
    runs the submission itself and raises. `nbgrader autograde` asks with the pattern "*",
    formgrader with one student.
    """

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
        pool = PoolOptions.of(None, None)
        fill(self.course, missing(self.course, works), self.settings, pool)
        if "*" in student:
            # the command line grades a whole class in one process, and asks for each submission
            _done.add(asked)
