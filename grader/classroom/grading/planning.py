"""What there is to do: every submission read, rebuilt on the release and named. Runs nothing."""

import fnmatch
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from grader.classroom.course_paths import Course
from grader.classroom.grading import results
from grader.classroom.grading.ordinary_assignments import OrdinaryAssignment
from grader.classroom.grading.plan_cache import NotebookFacts
from grader.classroom.grading.secret_key import class_secret
from grader.classroom.grading.settings import RunSettings
from grader.classroom.notebooks.rebuilding import (
    LARGEST_FILE,
    loads,
    packed,
    read_submission,
    rebuild,
)
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks, of_another_unit
from grader.classroom.submissions.other_copies import passed_over
from grader.classroom.submissions.student_names import RULE, composed, is_student_name, shown
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.core.errors import SetupError, SubmissionError
from grader.core.plain_text import one_line

_LONGEST_PROBLEM = 1000
_FILES_NAMED = 5


@dataclass(frozen=True)
class PlannedRun:
    """One submission under its `key` in the store, or the `problem` with it.

    `run_key` names what its code answered. `notebook` is the rebuilt notebook; a plan of a whole
    class leaves it out (see `Planner.complete`).
    """

    student: str
    unit: str
    key: str = ""
    notebook: bytes = b""
    problem: str = ""
    run_key: str = ""

    def __post_init__(self) -> None:
        """Keep a problem in the form in which it is told."""
        object.__setattr__(self, "problem", as_problem(self.problem))


@dataclass(frozen=True)
class Planner:
    """Names the work of one unit; `master` is the released notebook.

    `assignment` is there where it is an ordinary one: its master has the hidden tests, too.
    """

    unit: str
    master: NotebookNode
    circumstances: str
    surroundings: str
    releases: ReleasedNotebooks
    assignment: OrdinaryAssignment | None = None

    @classmethod
    def of(cls, course: Course, unit: str, settings: RunSettings) -> "Planner":
        """The planner of a unit. Raises SetupError where the unit was never released."""
        settings = settings.resolved()
        if course.is_ordinary(unit):
            own = OrdinaryAssignment.of(course, unit)
            around = results.ordinary_circumstances(course, unit, settings, own.marks)
            releases = ReleasedNotebooks.of(course.root)
            return cls(unit, own.master, around, "", releases, own)
        circumstances = results.circumstances(course, unit, settings, class_secret(course))
        surroundings = results.surroundings(course, unit, settings)
        master = read_release(course, unit)
        return cls(unit, master, circumstances, surroundings, ReleasedNotebooks.of(course.root))

    def work(self, student: str, data: bytes, *, whole: bool = True) -> PlannedRun:
        """The work that a submitted file makes; with `whole` it carries the rebuilt notebook."""
        try:
            submission = read_submission(data)
            of_another_unit(self.releases, self.unit, submission)
        except SubmissionError as error:
            return PlannedRun(student, self.unit, problem=str(error))
        return self.named(student, self.rebuilt(submission), whole=whole)

    def rebuilt(self, submission: NotebookNode) -> NotebookNode:
        """A submission's answers in the notebook that is graded."""
        own = self.assignment
        return own.rebuild(submission) if own else rebuild(self.master, submission)

    def named(self, student: str, notebook: NotebookNode, *, whole: bool = True) -> PlannedRun:
        """The work that a rebuilt notebook makes; with `whole` it carries the notebook."""
        return PlannedRun(
            student,
            self.unit,
            results.key(self.circumstances, student, notebook),
            packed(notebook) if whole else b"",
            run_key=results.run_key(self.surroundings, student, notebook)
            if self.surroundings
            else "",
        )

    def complete(self, course: Course, work: PlannedRun) -> PlannedRun:
        """A planned work with its notebook, read anew: it has another name where it changed.

        Raises SubmissionError where it cannot be read any more.
        """
        if work.notebook or work.problem:
            return work
        path = course.submission(self.unit, work.student)
        try:
            problem = obstacle(path.parent, path.name)
        except OSError as error:
            problem = f"{path} cannot be read: {error.strerror}."
        if problem:
            raise SubmissionError(problem)
        now = self.work(work.student, read_ordinary(path, LARGEST_FILE))
        if now.problem:
            message = (
                f"{path} was changed while the class was being graded, and cannot be read now: "
                f"{now.problem} Run the same command again."
            )
            raise SubmissionError(message)
        return now


def plan(course: Course, unit: str, settings: RunSettings, student: str = "*") -> list[PlannedRun]:
    """The work of a unit: every student's, or those that the pattern `student` fits, sorted.

    Accents may be stored in either way, in the pattern and in a folder's name. Notebooks are left
    out: however large a class is, its plan is small. Files that were planned before are known by
    their hash and not rebuilt.
    """
    planner = Planner.of(course, unit, settings)
    name = course.notebook(unit)
    folders = [
        folder
        for folder in sorted(course.submitted.glob(f"*/{unit}/"))
        if fnmatch.fnmatchcase(composed(folder.parent.name), composed(student))
    ]
    known = NotebookFacts.of(course, unit, (planner.circumstances, planner.surroundings))
    works = [_planned_safely(planner, folder, name, known) for folder in folders]
    known.keep()
    return works


def as_problem(text: str) -> str:
    """What is wrong with a submission, as it is told: names of files stand in it, of any kind."""
    return one_line(text, _LONGEST_PROBLEM)


def read_release(course: Course, unit: str) -> NotebookNode:
    """The released notebook, of an ordinary assignment with its hidden tests.

    Raises SetupError where there is none.
    """
    if course.is_ordinary(unit):
        return OrdinaryAssignment.of(course, unit).master
    path = course.released(unit)
    if not path.is_file():
        message = f"{path} is missing: release the unit first, with `grader release {unit}`."
        raise SetupError(message)
    return loads(path.read_bytes())


def obstacle(folder: Path, name: str) -> str:
    """Why the file `name` of the submission in `folder` is not opened; empty where it is.

    Only an ordinary file in ordinary folders is: a link shows somebody else's work or a file of the
    teacher's, a pipe lets its reader wait for ever.
    """
    path = folder / name
    student = folder.parent.name
    if not is_student_name(student):
        return (
            f"The folder {shown(student)} has a name that no student's can have: {RULE}. Rename it."
        )
    if composed(student) != student and folder.parent.with_name(composed(student)).is_dir():
        return (
            f"{folder.parent} is one of two folders by the same name, whose accents are stored in "
            "two ways. Move what was handed in into the other one, and remove this one."
        )
    links = [p for p in (folder.parent, folder, *_inside(folder)) if p.is_symlink()]
    if links:
        return (
            f"{links[0]} is a link to {links[0].readlink()}, and links are not followed. "
            "Put the file that was handed in itself in its place."
        )
    if path.exists() and not path.is_file():
        return f"{path} is not a file. Put the notebook that was handed in in its place."
    if not path.is_file():
        names = [shown(p.name) for p in _inside(folder)]
        more = f" and {len(names) - _FILES_NAMED} more" if len(names) > _FILES_NAMED else ""
        found = (", ".join(names[:_FILES_NAMED]) or "nothing") + more
        return f"There is no file {name} in {folder}; found: {found}. Rename or copy it."
    return ""


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _planned_safely(planner: Planner, folder: Path, name: str, known: NotebookFacts) -> PlannedRun:
    """What has gone or shut itself while it was looked at is one student's problem."""
    try:
        return _planned(planner, folder, name, known)
    except SubmissionError as error:
        problem = str(error)
    except OSError as error:
        problem = f"{error.filename or folder} cannot be read: {error.strerror}."
    return PlannedRun(shown(folder.parent.name), folder.name, problem=problem)


def _planned(planner: Planner, folder: Path, name: str, known: NotebookFacts) -> PlannedRun:
    student, unit = folder.parent.name, folder.name
    problem = obstacle(folder, name)
    if problem:
        return PlannedRun(shown(student), unit, problem=problem)
    data = read_ordinary(folder / name, LARGEST_FILE)
    held = known.find(student, data)
    if held is None:
        work = planner.work(student, data, whole=False)
        held = (work.key, work.run_key, work.problem)
        known.add(student, data, held)
    key, run_key, problem = held
    problem = passed_over(folder, name, data, planner.releases) or problem
    return PlannedRun(student, unit, key, problem=problem, run_key=run_key)
