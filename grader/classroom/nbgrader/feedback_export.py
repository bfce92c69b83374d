"""nbgrader's feedback step with our page: scores and comments from the gradebook, no template.

`ShowGrades` stands for nbgrader's GetGrades, `FeedbackExporter` for its HTMLExporter. Both are
named in `configure`, so `nbgrader generate_feedback` and formgrader make the same page.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets import Unicode

from grader.classroom.feedback.learner_pages import Grades, learner_page
from grader.classroom.nbgrader.copied_files import CopiesLittle
from grader.classroom.nbgrader.sanitizing import OURS, PROBLEM
from grader.core import unit_file as units
from grader.core.errors import SetupError

COMMENTS = "comments"


class ShowGrades(GetGrades):  # type: ignore[misc]
    """Puts scores and comments into a notebook on its way to a feedback page."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """Add both comments of a cell, and say None where nbgrader says 0.0: of no score yet."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        told = cell.metadata.get("nbgrader", {})
        where = (told.get("grade_id"), self.notebook_id, self.assignment_id, self.student_id)
        if is_solution(cell) or is_task(cell):
            written = self.gradebook.find_comment(*where)
            both = (written.manual_comment, written.auto_comment)
            told[COMMENTS] = [text for text in both if text]
        if is_grade(cell) or is_task(cell):
            grade = self.gradebook.find_grade(*where)
            if grade.auto_score is None and grade.manual_score is None:
                told["score"] = None
        return cell, resources


class FeedbackExporter(CopiesLittle, Exporter):
    """Writes a graded notebook as the learner's page."""

    notebooks = Unicode(help="The folder of the released units, for the questions' titles").tag(
        config=True
    )

    stub = Unicode(help="What a written answer holds before anybody writes").tag(config=True)
    file_extension = ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The page of one submission."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        told = resources["nbgrader"]
        graded = [cell.metadata.get("nbgrader", {}) for cell in nb.cells]
        scored = [
            own["score"] is not None for own in graded if own.get("points") and "score" in own
        ]
        grades = Grades(
            student=told["student"],
            unit=told["assignment"],
            score=max(0.0, float(told["score"])),
            maximum=float(told["max_score"]),
            penalty=float(told["late_penalty"]),
            open=scored.count(False),
            given=scored.count(True),
        )
        problem = nb.metadata.get(OURS, {}).get(PROBLEM, "")
        titles = self._titles(told["assignment"])
        page = learner_page(nb, grades, titles, problem=problem, stub=self.stub)
        return page, resources

    def _titles(self, unit: str) -> dict[str, str]:
        """The questions' titles; none for an assignment that this course did not release."""
        path = Path(self.notebooks) / unit / units.FILE_NAME
        if not path.is_file():
            return {}
        try:
            return {name: q.title for name, q in units.load(path).questions.items()}
        except SetupError:
            return {}
