"""The students that a class's gradebook knows, with what a learning platform may know them by."""

from grader.classroom.collect.people import Listed
from grader.classroom.course import Course
from grader.classroom.gradebook.inprocess import nbgrader_environment


def listed(course: Course) -> list[Listed]:
    """Everybody in the gradebook; empty where there is none."""
    from nbgrader.api import Gradebook

    if not course.gradebook.is_file():
        return []
    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        return [
            Listed(
                student.id,
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                student.lms_user_id or "",
            )
            for student in gradebook.students
        ]
