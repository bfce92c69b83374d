"""nbgrader's feedback step with our page: scores and comments from the gradebook, no template.

`ShowGrades` stands for nbgrader's GetGrades, `FeedbackExporter` for its HTMLExporter. Both are
named in `configure`, so `nbgrader generate_feedback` and formgrader make the same page.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets import Unicode

from grader.classroom.course_paths import Course
from grader.classroom.feedback.learner_pages import EXCUSED, Grades, learner_page
from grader.classroom.grading.comments import SCORED_BY_HAND
from grader.classroom.grading.release_history import EXCUSE, decisions, later_questions
from grader.classroom.nbgrader.copied_files import CopiesLittle
from grader.classroom.nbgrader.sanitizing import OURS, PROBLEM
from grader.classroom.notebooks.rebuilding import question_of
from grader.classroom.submissions.student_names import composed
from grader.core import unit_file as units
from grader.core.errors import SetupError
from grader.core.messages import TESTED_THERE
from grader.core.names import ANSWER_SUFFIX

COMMENTS = "comments"


class ShowGrades(GetGrades):  # type: ignore[misc]
    """Puts scores and comments into a notebook on its way to a feedback page.

    A question that a student is excused from, or that came after the release which they hold and
    waits for the teacher's decision, has no points and no words of the grader there.
    """

    root = Unicode(help="The course's folder").tag(config=True)
    classroom = Unicode(help="The class's folder").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """The notebook with its scores and comments."""
        told = resources["nbgrader"]
        unit, student = told["assignment"], told["student"]
        course = Course(Path(self.root), Path(self.classroom))
        asked = [name for cell in nb.cells if (name := question_of(cell))]
        decided = {
            name: words[composed(student)]
            for name, words in decisions(course, unit).items()
            if composed(student) in words
        }
        self._excused = {name for name, word in decided.items() if word == EXCUSE}
        undecided = [name for name in asked if name not in decided]
        self._later = set(later_questions(course, unit, student, undecided))
        nb, resources = super().preprocess(nb, resources)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """Add the comments of a cell, a person's in place of the grader's.

        Say None where nbgrader says 0.0: of no score yet.
        """
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        told = cell.metadata.get("nbgrader", {})
        name = str(told.get("grade_id", ""))
        where = (name, self.notebook_id, self.assignment_id, self.student_id)
        if is_solution(cell) or is_task(cell):
            written = self.gradebook.find_comment(*where)
            is_spared = name.removesuffix(ANSWER_SUFFIX) in self._excused | self._later
            said = "" if is_spared else written.auto_comment
            if said and self._is_by_hand(name.removesuffix(ANSWER_SUFFIX), *where[1:]):
                said = SCORED_BY_HAND
            elif written.manual_comment:
                said = ""
            told[COMMENTS] = [text for text in (said, written.manual_comment) if text]
        if is_grade(cell) or is_task(cell):
            grade = self.gradebook.find_grade(*where)
            if grade.manual_score is not None:
                forget_tests(cell)
            if grade.auto_score is None and grade.manual_score is None:
                told["score"] = None
            if name in self._excused:
                told |= {EXCUSED: grade.score, "score": None}
            elif name in self._later and grade.manual_score is None and not grade.auto_score:
                told["score"] = None
        return cell, resources

    def _is_by_hand(self, *where: str) -> bool:
        """Whether a person gave the points of a cell."""
        try:
            return self.gradebook.find_grade(*where).manual_score is not None
        except MissingEntry:
            return False


def forget_tests(cell: NotebookNode) -> None:
    """Take away what the tests of a cell gave, which stands last below it."""
    last = cell.outputs[-1] if cell.get("outputs") else None
    if last and last.output_type == "stream" and last.text.rstrip().endswith(TESTED_THERE):
        cell.outputs = cell.outputs[:-1]


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
        excused = [own for own in graded if EXCUSED in own]
        scored = [
            own["score"] is not None
            for own in graded
            if own.get("points") and "score" in own and EXCUSED not in own
        ]
        grades = Grades(
            student=told["student"],
            unit=told["assignment"],
            score=max(0.0, float(told["score"]) - sum(own[EXCUSED] for own in excused)),
            maximum=float(told["max_score"]) - sum(own["points"] for own in excused),
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
