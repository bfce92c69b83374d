"""nbgrader's step before late penalties: a student's own due date counts. Named in `configure`."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from grader.classroom.grading.due_dates import OwnDates, apply


class OwnDueDates(NbGraderPreprocessor):  # type: ignore[misc]
    """Lays a student's own due date upon the submission that is being recorded."""

    classroom = Unicode(help="The folder of the class").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Change the gradebook alone."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            submission = gradebook.find_submission(names["assignment"], names["student"])
            apply(OwnDates.of(Path(self.classroom)), names["assignment"], submission)
            gradebook.db.commit()
        return nb, resources
