"""What besides a result decides a mark: due dates, rules, plug-ins, scores given by hand.

Each recorded submission carries a hash of it. Where it has changed, the submission is recorded
again, by nbgrader with all its steps, from the result that is kept: nothing is run for it.
"""

import inspect
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grader.classroom.course_paths import Course
from grader.classroom.engine.environment import hashed
from grader.classroom.grading.due_dates import OwnDates
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.config_loading import ClassConfig, load, merged

# Where things lie and how code runs decides no mark by itself; results are named after the latter.
_ELSEWHERE = frozenset(
    [
        *("CourseDirectory", "Replay", "MendCells", "OwnDueDates", "SafeExporter", "Exchange"),
        *(
            "FeedbackExporter",
            "ShowGrades",
            "GenerateFeedback",
            "GenerateAssignment",
            "StampRelease",
        ),
        *("ReleaseUnit", "Collect", "ExchangeFactory"),
    ]
)
_KNOWN = ("nbgrader.", "nbconvert.", "grader.")
_STEPS = ("sanitize_preprocessors", "autograde_preprocessors", "pre_convert_hook")


@dataclass(frozen=True)
class RecordingPolicy:
    """The rules of one unit as they are now.

    `config` is nbgrader's configuration; `own` what is different for students known to the
    gradebook: the extension, and scores given by hand.
    """

    unit: str
    config: Any
    rules: str
    assignment: tuple[str, ...]
    dates: OwnDates
    due: Any
    own: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, course: Course, unit: str, settings: RunSettings) -> "RecordingPolicy":
        """The rules that nbgrader would record by. Raises SetupError for what cannot be read."""
        loaded = load(course)
        config = merged(course, settings, loaded.config)
        dates = OwnDates.of(course.classroom)
        with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
            try:
                assignment = gradebook.find_assignment(unit)
            except MissingEntry:
                return cls(unit, config, _rules(loaded, config), (), dates, None)
            words = (str(assignment.id), str(assignment.duedate))
            own = _own(gradebook, unit)
            due = assignment.duedate
        return cls(unit, config, _rules(loaded, config), words, dates, due, own)

    def mark(self, student: str) -> str:
        """A hash of the rules for one student."""
        kept = self.own.get(student, [""])
        extension, *scores = kept
        if self.dates.has(self.unit, student) or self.due is None:
            given = self.dates.extension(self.unit, student, self.due)
            extension = str(given or "")
        words = json.dumps([self.rules, self.assignment, extension, scores])
        return hashed([words.encode()])


def _own(gradebook: Gradebook, unit: str) -> dict[str, list[str]]:
    """By student: the extension, then every score that a person gave."""
    from nbgrader.api import Assignment, Grade, SubmittedAssignment, SubmittedNotebook

    found: dict[str, list[str]] = defaultdict(lambda: [""])
    submissions = (
        gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.extension)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == unit)
    )
    for student, extension in submissions:
        found[student] = [str(extension or "")]
    grades = (
        gradebook.db.query(SubmittedAssignment.student_id, Grade)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == unit)
        .filter(Grade.manual_score.is_not(None) | Grade.extra_credit.is_not(None))
    )
    for student, grade in grades:
        found[student].append(f"{grade.name} {grade.manual_score} {grade.extra_credit}")
    return {student: [words[0], *sorted(words[1:])] for student, words in found.items()}


def _rules(loaded: ClassConfig, config: Any) -> str:
    """A hash of the configuration, of the modules beside it, and of what it names."""
    beside = {path for file in loaded.files for path in file.parent.glob("*.py")}
    files = sorted({*loaded.files, *beside, *_plugins(config)})
    told = {name: section for name, section in config.items() if name not in _ELSEWHERE}
    words = json.dumps(told, sort_keys=True, default=_name)
    return hashed([words.encode(), *(path.read_bytes() for path in files if path.is_file())])


def _plugins(config: Any) -> Iterator[Path]:
    """The files of plug-ins and steps that are neither nbgrader's nor ours."""
    named = [config.AssignLatePenalties.get("plugin_class")]
    for option in _STEPS:
        value = config.Autograde.get(option)
        named += value if isinstance(value, list) else [value]
    for each in named:
        if isinstance(each, str) and "." in each and not each.startswith(_KNOWN):
            try:
                spec = find_spec(each.rpartition(".")[0])
            except (ImportError, ValueError):
                continue  # nbgrader says so itself, when it needs it
            if spec and spec.origin:
                yield Path(spec.origin)
        elif isinstance(each, type) and not each.__module__.startswith(_KNOWN):
            file = _file(each)
            if file:
                yield Path(file)


def _file(each: type) -> str | None:
    try:
        return inspect.getsourcefile(each)
    except (TypeError, OSError):  # written in the configuration itself, whose bytes count anyway
        return None


def _name(value: Any) -> str:
    """What stands for a value that JSON has no word for: never its address."""
    if isinstance(value, type) or callable(value):
        return f"{value.__module__}.{getattr(value, '__qualname__', type(value).__name__)}"
    return type(value).__name__
