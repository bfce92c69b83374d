"""Where everything of a course and of a class lies. Paths only: reads no file but names of folders.

A course is the folder with `solutions/`. A class is `classroom/` in it, or any folder below with an
`nbgrader_config.py` of its own (the sample class lies in `build/sample`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.core.errors import SetupError, UsageError
from grader.core.names import is_unit_name, stem

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
    def source(self) -> Path:
        """Notebooks with solutions, which nbgrader reads as its source."""
        return self.root / "build" / "source"

    @property
    def release(self) -> Path:
        """Where nbgrader writes its release; `notebooks/` is made from it."""
        return self.root / "build" / "release"

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
        return self.notebooks / unit / f"{stem(unit)}.ipynb"

    def submission(self, unit: str, student: str) -> Path:
        """The file that a student handed in."""
        return self.submitted / student / unit / f"{stem(unit)}.ipynb"

    def units(self) -> list[str]:
        """Names of all units that have a lesson, in the order of their numbers."""
        folders = (path.parent for path in self.solutions.glob("*/lesson.py"))
        return sorted(folder.name for folder in folders if is_unit_name(folder.name))

    def chosen(self, names: Iterable[str]) -> list[str]:
        """The units asked for, or all. Raises UsageError for one that does not exist."""
        known = self.units()
        asked = list(names)
        for name in asked:
            if name not in known:
                message = f"There is no unit {name!r}. Units: {', '.join(known) or 'none'}."
                raise UsageError(message)
        return asked or known

    def students(self, unit: str) -> list[str]:
        """Who handed in something for `unit`, sorted."""
        return sorted(p.parts[-3] for p in self.submitted.glob(f"*/{unit}/{stem(unit)}.ipynb"))


def find_course(start: Path | None = None) -> Course:
    """The course around `start` (the working folder) and the class that `start` lies in.

    Raises SetupError outside of a course, and where nbgrader could not work on its path.
    """
    here = (start or Path.cwd()).resolve()
    above = [here, *here.parents]
    root = next((p for p in above if (p / "solutions").is_dir() and (p / CONFIG).is_file()), None)
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
    return Course(root, root / "classroom" if holder == root else holder)
