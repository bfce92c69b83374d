"""Write results into nbgrader's gradebook, by nbgrader's own Autograde in this process.

The one writer: whatever ran the submissions, however many at once, they come through here one by
one. The results are in the store by now; Replay and SaveScores take them from there.
"""

import glob
import json
from collections.abc import Sequence
from pathlib import Path

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import PlannedRun, Planner, obstacle
from grader.classroom.grading.settings import RunSettings, keep_used
from grader.classroom.nbgrader.config_loading import load
from grader.classroom.nbgrader.configuration import PrefetchRuns
from grader.classroom.nbgrader.database_indexes import add_indexes
from grader.classroom.nbgrader.inprocess import (
    CapturingLogger,
    course_folders,
    nbgrader_environment,
)
from grader.classroom.nbgrader.recording_rules import RecordingPolicy
from grader.classroom.nbgrader.registration import register
from grader.classroom.nbgrader.sanitizing import POLICY
from grader.classroom.nbgrader.transactions import one_transaction
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.core.errors import SubmissionError

_TIME = "timestamp.txt"
_LONGEST_TIME = 1000


def record(
    course: Course,
    unit: str,
    works: Sequence[PlannedRun],
    settings: RunSettings,
    *,
    again: bool = False,
) -> dict[str, str]:
    """Record what is not recorded yet (with `again`, all); students that nbgrader could not do.

    Returns nbgrader's last words by student; empty when all went well.
    """
    from nbgrader.converters.base import NbGraderException

    from grader.classroom.nbgrader.autograde import Recorder

    register(course, unit)
    add_indexes(course)
    keep_used(course.classroom, unit, settings)
    failures = {}
    with nbgrader_environment():
        policy = RecordingPolicy.of(course, unit, settings)
        config = policy.config
        if isinstance(config.Autograde.pre_convert_hook, PrefetchRuns):
            config.Autograde.pre_convert_hook = None  # all that it would do has been done
        planner = Planner.of(course, unit, settings)
        for work in works:
            if not _is_there(course, work):
                continue
            mark = policy.mark(work.student)
            if not again and is_recorded(course, work, mark):
                continue
            folders = course_folders(config, unit)
            folders.student_id = glob.escape(work.student)
            if not _is_ordinary(course.submission(unit, work.student).with_name(_TIME)):
                folders.ignore = [*folders.ignore, _TIME]  # a pipe cannot be copied
            log = CapturingLogger()
            try:
                with one_transaction(folders.db_url) as scores:
                    recorder = Recorder(coursedir=folders, config=config, log=log)
                    recorder.before_writing, recorder.planner = scores.settle, planner
                    recorder.policy = mark
                    recorder.start()
            except NbGraderException as error:
                failures[work.student] = _last_words(log.lines) or str(error)
    return failures


def _is_there(course: Course, work: PlannedRun) -> bool:
    """Whether there is a file for nbgrader to read: it stops without, and follows every link."""
    path = course.submission(work.unit, work.student)
    try:
        return not obstacle(path.parent, path.name)
    except OSError:  # a folder that nobody may look into
        return False


def check(course: Course, unit: str) -> None:
    """Raise SetupError, before anything is run, for what would stop the recording of a unit."""
    register(course, unit)
    with nbgrader_environment():
        load(course)


def recorded(course: Course, unit: str, student: str) -> dict[str, str]:
    """What a recorded submission says of itself: release, key or problem, policy; empty: nothing.

    Read as JSON: nbformat checks the whole notebook against its schema, for a few words.
    """
    path = course.autograded / student / unit / course.notebook(unit)
    try:
        ours = json.loads(path.read_bytes())["metadata"].get("grader", {})
        return {str(name): str(word) for name, word in ours.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def is_recorded(course: Course, work: PlannedRun, policy: str | None = None) -> bool:
    """Whether just this result was recorded before, for a submission of the same time.

    With `policy`: and by the same rules.
    """
    ours = recorded(course, work.unit, work.student)
    if policy is not None and ours.get(POLICY) != policy:
        return False
    folder = course.autograded / work.student / work.unit
    same = ours.get("problem") == work.problem if work.problem else ours.get("key") == work.key
    return (
        bool(ours)
        and same
        and _time(folder) == _time(course.submission(work.unit, work.student).parent)
    )


def _time(folder: Path) -> str:
    try:
        return read_ordinary(folder / _TIME, _LONGEST_TIME).decode("utf-8", "replace")
    except SubmissionError:
        return ""


def _is_ordinary(path: Path) -> bool:
    """Whether a file is none, or one that can be copied."""
    return path.is_file() or not path.exists()


def _last_words(lines: Sequence[str]) -> str:
    """The last line of the first traceback among nbgrader's log lines: what really went wrong."""
    traceback = next((line for line in lines if line.startswith("Traceback")), "")
    return traceback.strip().rpartition("\n")[2]
