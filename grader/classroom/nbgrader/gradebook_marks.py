"""Marks as they stand in the gradebook: a teacher's own scores and late penalties count."""

from typing import Any

from grader.classroom.course_paths import Course
from grader.classroom.grading.entries import Mark
from grader.core.names import ANSWER_SUFFIX


def marks(course: Course, unit: str) -> list[Mark]:
    """Every mark of a unit, by student; empty where nothing has been recorded."""
    from nbgrader.api import Gradebook, MissingEntry

    if not course.gradebook.is_file():
        return []
    found = []
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        try:
            submissions = gradebook.find_assignment(unit).submissions
        except MissingEntry:
            return []
        for submission in submissions:
            student = submission.student
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            penalty = float(submission.late_submission_penalty or 0.0)
            found.append(
                Mark(
                    student=student.id,
                    score=max(0.0, float(submission.score) - penalty),
                    maximum=float(submission.max_score),
                    penalty=penalty,
                    waits=bool(submission.needs_manual_grade),
                    first_name=student.first_name or "",
                    last_name=student.last_name or "",
                    email=student.email or "",
                    lms_id=student.lms_user_id or "",
                    cells={g.name: (float(g.score), float(g.max_score)) for g in grades},
                    waiting=tuple(sorted(g.name for g in grades if g.needs_manual_grade)),
                    by_hand=tuple(sorted(g.name for g in grades if g.manual_score is not None)),
                    comments={
                        comment.name.removesuffix(ANSWER_SUFFIX): str(comment.manual_comment)
                        for notebook in submission.notebooks
                        for comment in notebook.comments
                        if comment.manual_comment
                    },
                    late=_late(submission),
                )
            )
    return sorted(found, key=lambda mark: mark.student)


def _late(submission: Any) -> float:
    """Seconds after its date; a date that was taken away leaves nothing to be late for."""
    return float(submission.total_seconds_late) if submission.assignment.duedate else 0.0
