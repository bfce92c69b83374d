"""The students that a class's gradebook knows, with what a learning platform may know them by."""

from grader.classroom.collect.student_matching import RosterStudent
from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.inprocess import nbgrader_environment


def listed(course: Course) -> list[RosterStudent]:
    """Everybody in the gradebook; empty where there is none."""
    from nbgrader.api import Gradebook

    if not course.gradebook.is_file():
        return []
    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        return [
            RosterStudent(
                student.id,
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                student.lms_user_id or "",
            )
            for student in gradebook.students
        ]
