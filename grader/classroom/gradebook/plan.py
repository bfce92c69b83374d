"""What there is to do: every submission read, rebuilt on the release and named. Runs nothing."""

import secrets
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.classroom.course import Course
from grader.classroom.gradebook import results
from grader.classroom.gradebook.settings import Settings
from grader.classroom.notebook import LARGEST_FILE, dumps, read_submission, rebuild
from grader.core.errors import SetupError, SubmissionError
from grader.core.names import stem

SECRET = "secret"  # noqa: S105 - the name of its file


@dataclass(frozen=True)
class Work:
    """One submission: `notebook` rebuilt, under `key` in the store; or the `problem` with it."""

    student: str
    unit: str
    key: str = ""
    notebook: bytes = b""
    problem: str = ""


@dataclass(frozen=True)
class Planner:
    """Names the work of one unit; `master` is the released notebook."""

    unit: str
    master: NotebookNode
    circumstances: str

    @classmethod
    def of(cls, course: Course, unit: str, settings: Settings) -> "Planner":
        """The planner of a unit. Raises SetupError where the unit was never released."""
        settings = settings.resolved()
        secret = class_secret(course)
        circumstances = results.circumstances(course, unit, settings, secret)
        return cls(unit, read_release(course, unit), circumstances)

    def work(self, student: str, data: bytes) -> Work:
        """The work that a submitted file makes."""
        try:
            notebook = rebuild(self.master, read_submission(data))
        except SubmissionError as error:
            return Work(student, self.unit, problem=str(error))
        return Work(student, self.unit, self.key(student, notebook), dumps(notebook))

    def key(self, student: str, notebook: NotebookNode) -> str:
        """The name of a rebuilt notebook's result."""
        return results.key(self.circumstances, student, notebook)


def plan(course: Course, unit: str, settings: Settings, student: str = "*") -> list[Work]:
    """The work of a unit: every student's, or those that the pattern `student` fits, sorted."""
    planner = Planner.of(course, unit, settings)
    folders = sorted(course.submitted.glob(f"{student}/{unit}/"))
    return [_planned(planner, folder) for folder in folders]


def read_release(course: Course, unit: str) -> NotebookNode:
    """The released notebook. Raises SetupError where there is none."""
    path = course.released(unit)
    if not path.is_file():
        message = f"{path} is missing: release the unit first, with `grader release {unit}`."
        raise SetupError(message)
    return nbformat.read(path, as_version=4)  # type: ignore[no-any-return]


def class_secret(course: Course) -> str:
    """The class's secret, from which hidden inputs are drawn; made on first use."""
    path = course.classroom / SECRET
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _planned(planner: Planner, folder: Path) -> Work:
    student, unit = folder.parent.name, folder.name
    path = folder / f"{stem(unit)}.ipynb"
    if path.is_symlink() or not path.is_file():
        found = ", ".join(sorted(p.name for p in folder.iterdir())) or "nothing"
        problem = f"There is no file {path.name} in {folder}; found: {found}. Rename or copy it."
        return Work(student, unit, problem=problem)
    with path.open("rb") as file:
        return planner.work(student, file.read(LARGEST_FILE + 1))
