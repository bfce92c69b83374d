"""Finished results, one file for each distinct piece of work, named after what went into it.

The name (`key`) is a hash of the learner's cells and of all else that can change a point, so a file
never has to be thrown away: what has changed has another name. Written whole or not at all; read by
the planning step, by nbgrader's Replay and by the reports.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from grader.classroom.course import Course
from grader.classroom.engine import Result
from grader.classroom.engine.place import data_marks, hashed, program
from grader.classroom.gradebook.settings import Settings
from grader.classroom.notebook import learner_cells
from grader.core.verdict import Outcome


@dataclass(frozen=True)
class Store:
    """Results in a folder."""

    folder: Path

    def get(self, key: str) -> Result | None:
        """The result of that name, or None; a file that cannot be read counts as none."""
        try:
            kept = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            report, notebook = kept["report"], kept["notebook"].encode()
            return Result(report, notebook, float(report["seconds"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, key: str, result: Result) -> None:
        """Keep a result under its name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {"report": result.report, "notebook": result.notebook.decode()}
        draft = self.folder / f".{key}.{os.getpid()}.tmp"
        draft.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        draft.replace(self.folder / f"{key}.json")

    def forget(self, key: str) -> None:
        """Remove the result of that name, if there is one."""
        (self.folder / f"{key}.json").unlink(missing_ok=True)


def is_final(result: Result) -> bool:
    """False where the grader itself failed: then the work is done again next time."""
    return all(v.outcome is not Outcome.BROKEN for v in result.verdicts.values())


def circumstances(course: Course, unit: str, settings: Settings, secret: str) -> str:
    """A hash of all that can change points besides the learner's cells and name."""
    solutions = course.solutions / unit
    files = [
        *sorted((solutions / "questions").glob("*.py")),
        solutions / "quiz.toml",
        *sorted((course.notebooks / unit).glob("[!.]*")),
    ]
    contents = [path.read_bytes() for path in files if path.is_file()]
    words = [unit, settings.device, settings.sandbox, str(settings.everything), secret]
    same = [program(), data_marks(course.data)]
    return hashed([*contents, *(word.encode() for word in [*words, *same])])


def key(circumstances: str, student: str, notebook: NotebookNode) -> str:
    """The name of the result of a rebuilt notebook."""
    work = json.dumps([circumstances, student, learner_cells(notebook)])
    return hashed([work.encode()])
