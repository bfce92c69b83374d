"""Make a course, or a unit of one: files that work as they are, to be written over."""

import re
from pathlib import Path

from grader.classroom.authoring.example_files import filled, write_new
from grader.classroom.authoring.new_question import make_question
from grader.classroom.course_paths import CONFIG, Course
from grader.core.errors import UsageError
from grader.core.names import is_unit_name, stem, word
from grader.core.question import CHOICE, FUNCTION

FIRST_UNIT = "first"


def make_course(folder: Path) -> list[Path]:
    """Make a course with one unit in a new or an empty folder; the files that were written.

    Raises UsageError where the folder holds something.
    """
    root = folder.resolve()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        message = f"{root} is not empty. Name a new folder: `grader new course my-course`."
        raise UsageError(message)
    course = Course(root, root / "classroom")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", root.name).strip("-") or "course"
    unit = unit_name(course, FIRST_UNIT)
    words = {"title": titled(name), "unit": unit, "word": word(unit), "course": name}
    written = [
        write_new(root / CONFIG, filled("config", course=name)),
        write_new(root / "README.md", filled("readme", **words)),
        write_new(root / ".gitignore", filled("gitignore")),
    ]
    return written + make_unit(course, unit)


def make_unit(course: Course, name: str) -> list[Path]:
    """Make a unit with a question and a quiz item; the files that were written.

    `name` is a word, which gets the next number, or a whole name such as 03_gates.
    """
    unit = unit_name(course, name)
    folder = course.solutions / unit
    if any(stem(known) == stem(unit) for known in course.units()) or folder.exists():
        message = (
            f"there is a unit of that name already ({', '.join(course.units())}). Numbers sort, "
            "names identify: choose another word."
        )
        raise UsageError(message)
    lesson = write_new(folder / "lesson.py", filled("lesson", title=titled(stem(unit))))
    written = [
        *make_question(course, unit, f"{word(unit)}-practice-1", CHOICE),
        *make_question(course, unit, f"{word(unit)}-row-means", FUNCTION),
    ]
    return [lesson, *(path for path in written if path != lesson)]


def unit_name(course: Course, name: str) -> str:
    """The whole name of a new unit. Raises UsageError for what can be none."""
    numbers = [int(unit[:2]) for unit in course.units()]
    unit = name if is_unit_name(name) else f"{max(numbers, default=0) + 1:02}_{name}"
    if not is_unit_name(unit):
        message = (
            f"{name!r} cannot be a unit's name: expected a lower-case word such as gates (letters, "
            "digits and _; it also names the notebook), or a number of two digits before it, "
            "03_gates."
        )
        raise UsageError(message)
    return unit


def titled(name: str) -> str:
    """A name as a heading: `two-words` and `two_words` give `Two words`."""
    words = " ".join(filter(None, re.split(r"[-_]", name)))
    return words[:1].upper() + words[1:]
