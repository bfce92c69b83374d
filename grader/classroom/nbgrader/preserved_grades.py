"""What an assignment in the gradebook holds, taken out and put back when its release has changed.

Until a submission is recorded again its scores are those of before, each marked as one that a
person has to look at: nobody reads as 0 meanwhile, in formgrader and nbgrader's export either.
"""

from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grader.core.names import stem


@dataclass(frozen=True)
class CellScores:
    """One cell's scores of one student, under the maximum that the cell had."""

    student: str
    cell: str
    maximum: float
    auto: float | None
    manual: float | None
    extra: float | None
    waits: bool


@dataclass(frozen=True)
class Handed:
    """One submission: when it came, the extension of its date, and its late penalty."""

    student: str
    time: Any
    extension: Any
    penalty: float | None


@dataclass(frozen=True)
class AssignmentGrades:
    """All of an assignment; comments are (student, cell, the grader's, a person's)."""

    due: Any
    submissions: list[Handed] = field(default_factory=list)
    scores: list[CellScores] = field(default_factory=list)
    comments: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)


def keep(gradebook: Gradebook, unit: str) -> AssignmentGrades:
    """Read everything."""
    assignment = gradebook.find_assignment(unit)
    kept = AssignmentGrades(assignment.duedate)
    for submission in assignment.submissions:
        student = submission.student.id
        penalties = [n.late_submission_penalty for n in submission.notebooks]
        penalty = next((p for p in penalties if p is not None), None)
        kept.submissions.append(
            Handed(student, submission.timestamp, submission.extension, penalty)
        )
        for notebook in submission.notebooks:
            kept.scores.extend(
                CellScores(
                    student,
                    grade.name,
                    float(grade.max_score),
                    grade.auto_score,
                    grade.manual_score,
                    grade.extra_credit,
                    bool(grade.needs_manual_grade),
                )
                for grade in notebook.grades
            )
            kept.comments.extend(
                (student, comment.name, comment.auto_comment, comment.manual_comment)
                for comment in notebook.comments
                if comment.auto_comment is not None or comment.manual_comment is not None
            )
    return kept


def put_back(gradebook: Gradebook, unit: str, kept: AssignmentGrades) -> None:
    """Write the kept things again; those of cells that are no more stay in the old copy."""
    gradebook.update_or_create_assignment(unit, duedate=kept.due)
    for handed in kept.submissions:
        submission = gradebook.update_or_create_submission(
            unit, handed.student, timestamp=handed.time, extension=handed.extension
        )
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = handed.penalty
            for grade in notebook.grades:
                grade.needs_manual_grade = bool(grade.max_score)
    for score in kept.scores:
        try:
            grade = gradebook.find_grade(score.cell, stem(unit), unit, score.student)
        except MissingEntry:
            continue
        is_same = float(grade.max_score) == score.maximum
        grade.auto_score = score.auto if is_same else None
        grade.manual_score, grade.extra_credit = score.manual, score.extra
        if score.manual is not None:  # recording it again tells whether the two still agree
            grade.needs_manual_grade = score.waits or not is_same
        elif not is_same and score.auto is not None:
            grade.auto_score = min(score.auto, float(grade.max_score))
    for student, cell, own, text in kept.comments:
        try:
            comment = gradebook.find_comment(cell, stem(unit), unit, student)
        except MissingEntry:
            continue
        comment.auto_comment, comment.manual_comment = own, text
    gradebook.db.commit()
