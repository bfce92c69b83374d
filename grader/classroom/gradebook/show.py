"""nbgrader's GetGrades for feedback pages: comments cannot carry markup. Named in `configure`."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades

from grader.classroom.feedback.comment import comment_html


class ShowGrades(GetGrades):  # type: ignore[misc]
    """Puts scores and comments into a notebook on its way to a feedback page."""

    def _get_comment(self, cell: NotebookNode, resources: Any) -> None:
        super()._get_comment(cell, resources)
        written = self.gradebook.find_comment(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        if written.manual_comment is None and written.auto_comment:
            cell.metadata.nbgrader["comment"] = comment_html(written.auto_comment)
