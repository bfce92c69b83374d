"""nbgrader's sanitising, so that no submission can stop a class.

`SafeExporter` reads a submitted file in nbgrader's place: what cannot be read becomes an empty
notebook that says why. `MendCells` rebuilds every notebook on the release; it stands for nbgrader's
ClearOutput, DeduplicateIds and OverwriteCells. `CheckMetadata` is nbgrader's CheckCellMetadata. All
are named in `configure`.
"""

import json
from pathlib import Path
from typing import Any, ClassVar, TextIO

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata, NbGraderPreprocessor
from traitlets import Unicode

from grader.classroom.course_paths import Course
from grader.classroom.grading.ordinary_assignments import OrdinaryAssignment
from grader.classroom.grading.planning import Planner, as_problem, obstacle, read_release
from grader.classroom.nbgrader.copied_files import CopiesLittle, belongings
from grader.classroom.nbgrader.nbgrader_compat import (
    UnsharedNotebook,
    check_internals,
    is_sanitizing,
    read_timestamps,
)
from grader.classroom.notebooks.rebuilding import (
    LARGEST_FILE,
    loads,
    packed,
    read_submission,
    rebuild,
)
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks, of_another_unit
from grader.classroom.submissions.other_copies import passed_over
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.core.errors import SubmissionError

# The notebook-level metadata that we write; a learner's never gets this far.
OURS = "grader"
PROBLEM = "problem"
POLICY = "policy"


class SafeExporter(CopiesLittle, NotebookExporter):
    """Reads submissions as strangers' bytes; our own autograded files as notebooks."""

    notebooks = Unicode(help="The folder of the released units").tag(config=True)

    def __init__(self, config: Any = None, **kw: Any) -> None:
        check_internals()
        super().__init__(config=config, **kw)
        folders = getattr(self.parent, "coursedir", None)
        if folders is not None:
            read_timestamps(folders, folders.log)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Look before a submission is opened: nbgrader would follow a link and wait on a pipe."""
        if not self._is_submission():
            return super().from_filename(filename, resources=resources, **kw)
        path = Path(filename)
        resources["outputs"] = belongings(path.parent)
        try:
            problem = obstacle(path.parent, path.name)
            found = _refused(problem) if problem else self._submission(path)
        except OSError as error:  # it has just become something else
            found = _refused(f"{path} cannot be read: {error.strerror}.")
        return self.from_notebook_node(UnsharedNotebook(found), resources=resources, **kw)  # type: ignore[no-untyped-call]

    def _submission(self, path: Path) -> NotebookNode:
        """Read as a plan reads it, so that nbgrader's own commands refuse what `grader` refuses."""
        releases = self._releases()
        try:
            data = read_ordinary(path, LARGEST_FILE)
            problem = passed_over(path.parent, path.name, data, releases)
            if problem:
                return _refused(problem)
            found = read_submission(data)
            of_another_unit(releases, path.parent.name, found)
        except SubmissionError as error:
            return _refused(str(error))
        return found

    def _releases(self) -> ReleasedNotebooks:
        planner = getattr(self.parent, "planner", None)
        return planner.releases if planner else ReleasedNotebooks.of(Path(self.notebooks).parent)

    def from_file(self, file_stream: TextIO, resources: Any = None, **kw: Any) -> Any:
        """Read a file of our own, which is checked when all steps have changed it."""
        return self.from_notebook_node(
            UnsharedNotebook(loads(file_stream.buffer.read())),  # type: ignore[no-untyped-call]
            resources=resources,
            **kw,
        )

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """Convert a notebook; what comes out of sanitising is read once, by the step after it."""
        if not self._is_submission():
            return super().from_notebook_node(nb, resources, **kw)  # type: ignore[no-untyped-call]
        sanitised, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        return packed(sanitised).decode() + "\n", resources

    def _is_submission(self) -> bool:
        return is_sanitizing(self.parent)


class MendCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts a learner's answers into the released notebook."""

    root = Unicode(help="The folder of the course").tag(config=True)
    classroom = Unicode(help="The folder of the class").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Rebuild one submission; see `classroom.notebooks.rebuilding.rebuild`."""
        mended = self._rebuilt(resources["nbgrader"], nb)
        problem = nb.metadata.get(OURS, {}).get(PROBLEM)
        if problem:
            mended.metadata[OURS] = {**mended.metadata.get(OURS, {}), PROBLEM: problem}
        return mended, resources

    def _rebuilt(self, names: Any, nb: NotebookNode) -> NotebookNode:
        planner = planner_of(self)
        if planner:
            return planner.rebuilt(nb)
        course, unit = Course(Path(self.root), Path(self.classroom)), names["assignment"]
        if course.is_ordinary(unit):
            return OrdinaryAssignment.of(course, unit).rebuild(nb)
        return rebuild(read_release(course, unit), nb)


class CheckMetadata(CheckCellMetadata):  # type: ignore[misc]
    """nbgrader's own check, once for all submissions of a unit, which have the release's metadata.

    One check of a unit of 159 cells takes 0.29 s of a processor, and a submission has two.
    """

    _passed: ClassVar[set[str]] = set()

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Check the metadata of all cells. Raises ValidationError as nbgrader does."""
        graded = [
            (cell.cell_type, cell.metadata.nbgrader)
            for cell in nb.cells
            if "nbgrader" in cell.metadata
        ]
        checked = json.dumps(graded)
        if checked not in self._passed:
            nb, resources = super().preprocess(nb, resources)
            self._passed.add(checked)
        return nb, resources


def planner_of(step: NbGraderPreprocessor) -> Planner | None:
    """The planner that the converter of a step was given; None where a stock command runs."""
    return getattr(getattr(step.parent, "parent", None), "planner", None)


def _refused(problem: str) -> NotebookNode:
    return nbformat.v4.new_notebook(metadata={OURS: {PROBLEM: as_problem(problem)}})  # type: ignore[no-any-return]
