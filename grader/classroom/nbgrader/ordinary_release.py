"""nbgrader's release step for an ordinary assignment, as the class's own configuration has it."""

import shutil

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException

from grader.classroom.course_paths import Course
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.config_loading import class_config
from grader.classroom.nbgrader.inprocess import (
    CapturingLogger,
    course_folders,
    nbgrader_environment,
)
from grader.core.errors import CourseError


def generate_ordinary(course: Course, name: str) -> None:
    """Write the release of an ordinary assignment, and register it in the class's gradebook.

    What `nbgrader generate_assignment` does, with the class's own configuration; in a course with
    units the source is first laid where nbgrader looks for it. Raises CourseError with nbgrader's
    own words when nbgrader refuses.
    """
    origin, source = course.ordinary_source / name, course.source / name
    course.notebook(name)
    if source != origin:
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(origin, source, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    course.classroom.mkdir(parents=True, exist_ok=True)
    with nbgrader_environment():
        log = CapturingLogger()
        config = class_config(course, RunSettings())
        folders = course_folders(config, name)
        converter = GenerateAssignment(coursedir=folders, config=config, log=log)
        converter.force = True
        try:
            converter.start()
        except NbGraderException as error:
            message = f"nbgrader could not release {name}: " + "\n".join([*log.lines, str(error)])
            raise CourseError(message) from error
