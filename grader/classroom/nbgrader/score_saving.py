"""nbgrader's SaveAutoGrades, with points from the referee's ledger and a comment for each answer.

Never a zero for the grader's own fault: what could not be judged waits for a person. Manual scores
and comments are not touched. Named in `configure`.
"""

import math
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_grade, is_solution, is_task

from grader.classroom.grading.comments import comment
from grader.classroom.nbgrader.replay_outputs import RESULT
from grader.classroom.nbgrader.sanitizing import OURS, PROBLEM
from grader.classroom.notebooks.rebuilding import question_of
from grader.core.names import ANSWER_SUFFIX
from grader.core.test_cells import is_in_learners_process
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

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """Save what one cell earned; a written answer is nbgrader's, for a person to score."""
        name = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        verdict = self._verdict(name)
        if verdict is None and question_of(cell) is None and not self.problem:
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            if is_grade(cell) and not cell.metadata.nbgrader["points"]:
                self._settle(cell)
            return cell, resources
        if is_grade(cell):
            self._save_score(cell, verdict)
        if is_solution(cell) or is_task(cell):
            told = comment(verdict) if verdict else self.problem
            self.gradebook.find_comment(*self._where(cell)).auto_comment = told
            self.gradebook.db.commit()
        return cell, resources

    def _verdict(self, name: str) -> Verdict | None:
        """What was found for a cell, for a unit's answer cell, too; tests speak for their own."""
        own = self.verdicts.get(name)
        if own is not None or any(map(_is_tested, self.verdicts.values())):
            return own
        return self.verdicts.get(name.removesuffix(ANSWER_SUFFIX))

    def _save_score(self, cell: NotebookNode, verdict: Verdict | None) -> None:
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

    def _where(self, cell: NotebookNode) -> tuple[str, str, str, str]:
        name = cell.metadata.nbgrader["grade_id"]
        return name, self.notebook_id, self.assignment_id, self.student_id


def _is_tested(verdict: Verdict) -> bool:
    return is_in_learners_process(verdict.details)


def _score(verdict: Verdict | None, maximum: float) -> float | None:
    """The points to write; None where a person has to look."""
    if verdict is None or verdict.outcome is Outcome.BROKEN:
        return None
    if not math.isfinite(verdict.points) or not 0.0 <= verdict.points <= maximum:
        return None
    return verdict.points
