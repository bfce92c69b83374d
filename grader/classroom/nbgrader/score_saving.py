"""nbgrader's SaveAutoGrades, with points from the referee's ledger and a comment for each answer.

Never a zero for the grader's own fault: what could not be judged waits for a person. Manual scores
and comments are not touched. Named in `configure`.
"""

import math
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from grader.classroom.grading.comments import comment
from grader.classroom.nbgrader.replay_outputs import RESULT
from grader.classroom.nbgrader.sanitizing import OURS, PROBLEM
from grader.classroom.notebooks.rebuilding import question_of
from grader.core.names import ANSWER_SUFFIX
from grader.core.verdicts import Outcome, Verdict


class SaveScores(SaveAutoGrades):  # type: ignore[misc]
    """Writes one submission's verdicts into the gradebook."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Save all scores and comments of a notebook."""
        self.problem: str = nb.metadata.get(OURS, {}).get(PROBLEM, "")
        self.verdicts: dict[str, Verdict] = (
            resources[RESULT].verdicts if RESULT in resources else {}
        )
        nb, resources = super().preprocess(nb, resources)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        question = question_of(cell)
        if question is None and not self.problem:
            super()._add_score(cell, resources)  # a written answer: a person's business
            if not cell.metadata.nbgrader["points"]:
                self._settle(cell)
            return
        verdict = self.verdicts.get(question or "")
        score = _score(verdict, float(cell.metadata.nbgrader["points"]))
        grade = self.gradebook.find_grade(*self._where(cell))
        has_changed = grade.auto_score != score
        grade.auto_score = score
        if grade.manual_score is None:
            grade.needs_manual_grade = score is None
        elif has_changed:  # else a person's score stands, also for what the grader cannot judge
            grade.needs_manual_grade = True
        self.gradebook.db.commit()

    def _settle(self, cell: NotebookNode) -> None:
        """A written answer that earns nothing holds no marks back, whatever it says.

        nbgrader would have every submission with a word in it wait for a person.
        """
        grade = self.gradebook.find_grade(*self._where(cell))
        grade.auto_score, grade.needs_manual_grade = 0.0, False
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: Any) -> None:
        name = str(cell.metadata.nbgrader["grade_id"])
        verdict = self.verdicts.get(name.removesuffix(ANSWER_SUFFIX))
        if verdict is None and not self.problem:
            super()._add_comment(cell, resources)
            return
        told = comment(verdict) if verdict else self.problem
        self.gradebook.find_comment(*self._where(cell)).auto_comment = told
        self.gradebook.db.commit()

    def _where(self, cell: NotebookNode) -> tuple[str, str, str, str]:
        name = cell.metadata.nbgrader["grade_id"]
        return name, self.notebook_id, self.assignment_id, self.student_id


def _score(verdict: Verdict | None, maximum: float) -> float | None:
    """The points to write; None where a person has to look."""
    if verdict is None or verdict.outcome is Outcome.BROKEN:
        return None
    if not math.isfinite(verdict.points) or not 0.0 <= verdict.points <= maximum:
        return None
    return verdict.points
