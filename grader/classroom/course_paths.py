"""Where everything of a course and of a class lies. Paths only: reads no file but names of folders.

A course is the folder with `solutions/`. A class is `classroom/` in it, or any folder below with an
`nbgrader_config.py` of its own (the sample class lies in `build/sample`).

Ordinary assignments, whose tests stand in their cells, lie in `source/`, as nbgrader has it. A
course that has only such ones and no `solutions/` keeps nbgrader's own folders: it is its own
class.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.core.errors import SetupError, UsageError
from grader.core.names import is_unit_name, stem
from grader.core.suggestions import did_you_mean

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """A course at `root` and one class of it in the folder `classroom`."""

    root: Path
    classroom: Path

    @property
    def solutions(self) -> Path:
        """What only teachers have: lessons, questions, quiz keys."""
        return self.root / "solutions"

    @property
    def notebooks(self) -> Path:
        """The release: what learners get."""
        return self.root / "notebooks"

    @property
    def data(self) -> Path:
        """The data sets."""
        return self.root / "data"

    @property
    def data_sets(self) -> Path | None:
        """The data sets as a sandbox shows them; None where the course has none."""
        return self.data if self.data.is_dir() else None

    @property
    def has_units(self) -> bool:
        """Whether it has units with a referee, and so the folders of such a course."""
        return self.solutions.is_dir()

    @property
    def source(self) -> Path:
        """Notebooks with solutions, which nbgrader reads as its source."""
        return self.root / "build" / "source" if self.has_units else self.ordinary_source

    @property
    def ordinary_source(self) -> Path:
        """Ordinary assignments with their solutions and tests."""
        return self.root / "source"

    @property
    def release(self) -> Path:
        """Where nbgrader writes its release; `notebooks/` is made from it."""
        return self.root / "build" / "release" if self.has_units else self.root / "release"

    @property
    def submitted(self) -> Path:
        """`submitted/<student>/<unit>/<notebook>.ipynb`."""
        return self.classroom / "submitted"

    @property
    def autograded(self) -> Path:
        """What nbgrader writes for each graded submission."""
        return self.classroom / "autograded"

    @property
    def feedback(self) -> Path:
        """HTML for learners, one page a submission."""
        return self.classroom / "feedback"

    @property
    def report(self) -> Path:
        """HTML and tables for the teacher."""
        return self.classroom / "report"

    @property
    def results(self) -> Path:
        """Finished results, one file for each distinct piece of work."""
        return self.classroom / "results"

    @property
    def gradebook(self) -> Path:
        """nbgrader's database."""
        return self.classroom / "gradebook.db"

    def released(self, unit: str) -> Path:
        """The notebook that learners get."""
        folder = self.release if self.is_ordinary(unit) else self.notebooks
        return folder / unit / self.notebook(unit)

    def submission(self, unit: str, student: str) -> Path:
        """The file that a student handed in."""
        return self.submitted / student / unit / self.notebook(unit)

    def notebook(self, unit: str) -> str:
        """The name of an assignment's notebook file.

        Raises SetupError for an ordinary assignment with none, or with several.
        """
        if not self.is_ordinary(unit):
            return f"{stem(unit)}.ipynb"
        found = sorted(path.name for path in (self.ordinary_source / unit).glob("[!.]*.ipynb"))
        if len(found) != 1:
            message = (
                f"{self.ordinary_source / unit} holds {len(found)} notebooks "
                f"({', '.join(found) or 'none'}); expected one. Make an assignment of each."
            )
            raise SetupError(message)
        return found[0]

    def is_ordinary(self, name: str) -> bool:
        """Whether an assignment has its tests in its cells, and no referee."""
        return not (self.solutions / name).is_dir() and (self.ordinary_source / name).is_dir()

    def ordinary(self) -> list[str]:
        """Names of all ordinary assignments, sorted."""
        folders = {path.parent for path in self.ordinary_source.glob("[!.]*/[!.]*.ipynb")}
        return sorted(folder.name for folder in folders if self.is_ordinary(folder.name))

    def assignments(self) -> list[str]:
        """All that a class can be graded in: units, then ordinary assignments."""
        return [*self.units(), *self.ordinary()]

    def units(self) -> list[str]:
        """Names of all units that have a lesson, in the order of their numbers."""
        folders = (path.parent for path in self.solutions.glob("*/lesson.py"))
        return sorted(folder.name for folder in folders if is_unit_name(folder.name))

    def chosen(self, names: Iterable[str]) -> list[str]:
        """The units asked for, or all. Raises UsageError for one that does not exist."""
        return _chosen(names, self.units(), self.ordinary())

    def chosen_assignments(self, names: Iterable[str]) -> list[str]:
        """The units and ordinary assignments asked for, or all. Raises UsageError as `chosen`."""
        return _chosen(names, self.assignments(), [])

    def students(self, unit: str) -> list[str]:
        """Who handed in something for `unit`, sorted."""
        return sorted(p.parts[-3] for p in self.submitted.glob(f"*/{unit}/{self.notebook(unit)}"))


def _chosen(names: Iterable[str], known: list[str], others: list[str]) -> list[str]:
    asked = list(names)
    for name in asked:
        if name in others:
            message = f"{name} is an ordinary assignment; this command is for units with a referee."
            raise UsageError(message)
        if name not in known:
            message = (
                f"There is no unit {name!r}. Units: {', '.join(known) or 'none'}."
                f"{did_you_mean(name, known)}"
            )
            raise UsageError(message)
    return asked or known


def find_course(start: Path | None = None) -> Course:
    """The course around `start` (the working folder) and the class that `start` lies in.

    Raises SetupError outside of a course, and where nbgrader could not work on its path.
    """
    here = (start or Path.cwd()).resolve()
    above = [here, *here.parents]
    root = next((p for p in above if (p / "solutions").is_dir() and (p / CONFIG).is_file()), None)
    if root is None:
        root = next((p for p in above if _configures(p)), None)
    if root is None:
        message = (
            f"{here} is not inside a course: no folder above it holds solutions/ and {CONFIG}. "
            "Change to the course's folder and run the command again."
        )
        raise SetupError(message)
    holder = next(p for p in above if (p / CONFIG).is_file())
    magic = sorted(set("*?[") & set(str(holder)))
    if magic:
        message = (
            f"The path {holder} holds {magic[0]!r}, which nbgrader takes for a pattern: it would "
            "find no submission. Rename that folder (brackets, * and ? cannot be in its path)."
        )
        raise SetupError(message)
    return Course(root, class_folder(root) if holder == root else holder)


def class_folder(root: Path) -> Path:
    """A course's first class: `classroom/`, or the course itself where it has no units."""
    return root / "classroom" if (root / "solutions").is_dir() else root


def _configures(folder: Path) -> bool:
    """Whether nbgrader's configuration of a course without units calls ours."""
    if not (folder / CONFIG).is_file() or not (folder / "source").is_dir():
        return False
    return "grader.classroom.nbgrader" in (folder / CONFIG).read_text(errors="replace")
