"""nbgrader's feedback pages, made in this process."""

from collections.abc import Sequence

from grader.classroom.course_paths import Course
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.config_loading import class_config
from grader.classroom.nbgrader.inprocess import (
    CapturingLogger,
    course_folders,
    nbgrader_environment,
)
from grader.core.errors import SetupError


def write_feedback(course: Course, unit: str, student: str = "*") -> Sequence[str]:
    """Write `feedback/<student>/<unit>/`; returns the students that have a page now.

    Raises SetupError where nothing has been recorded, and with nbgrader's words where it refuses.
    """
    from nbgrader.converters import GenerateFeedback
    from nbgrader.converters.base import NbGraderException

    with nbgrader_environment():
        config = class_config(course, RunSettings())
        folders = course_folders(config, unit)
        folders.student_id = student
        log = CapturingLogger()
        converter = GenerateFeedback(coursedir=folders, config=config, log=log)
        converter.force = True
        try:
            converter.start()
        except NbGraderException as error:
            said = "\n".join([*log.lines, str(error)])
            message = (
                f"No feedback for {unit}: {said}\nWas it graded? `grader grade {unit}` comes first."
            )
            raise SetupError(message) from error
    return sorted(page.parts[-3] for page in course.feedback.glob(f"{student}/{unit}/*.html"))
