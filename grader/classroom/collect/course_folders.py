"""Folders that hold no submissions but a course, or a class: they are not collected.

Each folder in them would be taken for a student's. Looks at names of folders only.
"""

import shlex
from pathlib import Path

from grader.classroom.course_paths import CONFIG, Course, class_folder
from grader.core.errors import UsageError

_OURS = ("solutions", "notebooks", "source", "release")
_WRITTEN = ("autograded", "feedback", "report", "results")


def refuse_course(source: Path, course: Course) -> None:
    """Raise UsageError for a course's or a class's own folder, with what was probably meant."""
    folder = source.resolve()
    if not folder.is_dir():
        return
    what, class_ = _kind(folder, course)
    if not what:
        return
    submitted = class_ / course.submitted.name
    meant = (
        f"If the submissions in it are meant: grader collect {shlex.quote(str(submitted))}"
        if submitted.is_dir() and submitted.resolve() != folder
        else "Name the archive or the folder that holds what students handed in."
    )
    message = (
        f"{source} is {what}, and its folders are no students'; nothing was collected. {meant}"
    )
    raise UsageError(message)


def _kind(folder: Path, course: Course) -> tuple[str, Path]:
    """What a folder is, and the class that it belongs to; "" for one that can be collected."""
    root, class_ = course.root.resolve(), course.classroom.resolve()
    if _is_course(folder):
        return "the folder of a course", class_folder(folder)
    if folder == class_:
        return "the folder of a class", class_
    if folder in class_.parents:
        return "a folder that holds this class", class_
    written = [class_ / name for name in _WRITTEN]
    given = [root / name for name in _OURS]
    for own in (*written, *given):
        if folder == own or own in folder.parents:
            return f"in {own}, which a course writes for itself", class_
    return "", class_


def _is_course(folder: Path) -> bool:
    return (folder / CONFIG).is_file() and any((folder / name).is_dir() for name in _OURS)
