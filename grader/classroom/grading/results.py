"""Finished results, one file for each distinct piece of work, named after what went into it.

The name (`key`) is a hash of a notebook's cells and of all else that can change a point, so a file
never has to be thrown away: what has changed has another name. Beside it lies what the code
answered, named after all that can change what it does (`run_key`): when only a reference or a
message changed, it is judged again and need not run. Read by the planning step, by nbgrader's
Replay and by the reports.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from nbformat import NotebookNode

from grader.classroom.course_paths import Course
from grader.classroom.engine import Result
from grader.classroom.engine.environment import data_marks, hashed
from grader.classroom.engine.jobs import Report
from grader.classroom.grading.package_code import code_digests
from grader.classroom.grading.settings import RunSettings
from grader.classroom.hashed_files import read_whole, remove_drafts, write_whole
from grader.classroom.notebooks.rebuilding import namesakes, replaced_cells
from grader.core.unit_file import FILE_NAME


@dataclass(frozen=True)
class ResultStore:
    """Results in a folder."""

    folder: Path

    def get(self, key: str) -> Result | None:
        """The result of that name, or None; a file that is damaged counts as none."""
        body = read_whole(self.folder / f"{key}.result")
        if body is None:
            return None
        head, _, notebook = body.partition(b"\n")
        try:
            report = Report.from_json(json.loads(head))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return Result(report, notebook, report.seconds)

    def put(self, key: str, result: Result, run_key: str = "") -> None:
        """Keep a result under its name, and what the code answered. Raises SetupError."""
        head = json.dumps(result.report.to_json(), ensure_ascii=False).encode()
        write_whole(self.folder / f"{key}.result", head + b"\n" + result.notebook)
        if run_key and result.answers and result.report.is_final:
            write_whole(self.folder / f"{run_key}.answers", key.encode() + b"\n" + result.answers)

    def answered(self, run_key: str) -> Result | None:
        """The earlier result of code that would do just the same again, with its answers."""
        body = read_whole(self.folder / f"{run_key}.answers")
        key, _, answers = (body or b"").partition(b"\n")
        result = self.get(key.decode(errors="replace")) if key else None
        return replace(result, answers=answers) if result else None

    def tidy(self) -> None:
        """Remove what a killed grader left half written."""
        remove_drafts(self.folder)


def circumstances(course: Course, unit: str, settings: RunSettings, secret: str) -> str:
    """A hash of all that can change points besides the learner's cells and name."""
    solutions = course.solutions / unit
    files = [
        *sorted((solutions / "questions").glob("*.py")),
        solutions / "quiz.toml",
        *sorted((course.notebooks / unit).glob("[!.]*")),
    ]
    contents = [path.read_bytes() for path in files if path.is_file()]
    words = [unit, settings.device, settings.sandbox, str(settings.everything), secret]
    same = [code_digests(course.results).all, data_marks(course.data)]
    return hashed([*contents, *(word.encode() for word in [*words, *same])])


def ordinary_circumstances(course: Course, unit: str, settings: RunSettings, marks: str) -> str:
    """The same for an ordinary assignment, of which `marks` is a hash.

    No secret has a part in it: every submission meets the same tests.
    """
    words = [unit, settings.sandbox, marks, code_digests(course.results).all]
    return hashed(word.encode() for word in [*words, data_marks(course.data_sets)])


def surroundings(course: Course, unit: str, settings: RunSettings) -> str:
    """A hash of all that can change what a submission's code does, besides the code and its name.

    Of `unit.json` this is the quiz. Its recorded cases and messages are what learners check
    themselves against at home: in a graded run nothing asks for them.
    """
    try:
        described = json.loads((course.notebooks / unit / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        described = {}
    quiz = json.dumps(described.get("quiz", {}))
    words = [unit, settings.device, settings.sandbox, str(settings.everything), quiz]
    words += [code_digests(course.results).run, data_marks(course.data)]
    return hashed(word.encode() for word in words)


def run_key(surroundings: str, student: str, notebook: NotebookNode) -> str:
    """The name of the answers of a rebuilt notebook: all its code counts, also the course's."""
    code = [
        (cell.id, cell.source, cell.metadata.get("tags", []))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return hashed([json.dumps([surroundings, student, code]).encode()])


def key(circumstances: str, student: str, notebook: NotebookNode) -> str:
    """The name of the result of a rebuilt notebook: all its cells count, in their order.

    Where a cell of the learner's stands decides what it finds, as much as what it says.
    """
    cells = [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]
    notes = [replaced_cells(notebook), namesakes(notebook)]  # a report has remarks on them
    # a notebook that was written and read again has its notes in another order
    work = json.dumps([circumstances, student, cells, notes], sort_keys=True)
    return hashed([work.encode()])
