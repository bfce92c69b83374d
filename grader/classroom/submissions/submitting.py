"""Hand in a notebook where there is no exchange: put it into a class's `submitted/`.

Where it goes is decided by what the notebook's cells are and by a checked name, never by a path
that somebody wrote. The learner's own copy stays where it is. Called by `grader submit`; it needs
no nbgrader and no `solutions/`.
"""

from datetime import UTC, datetime
from pathlib import Path

from grader.classroom.course_paths import CONFIG, class_folder
from grader.classroom.notebooks.rebuilding import LARGEST_FILE, read_submission
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from grader.classroom.submissions import student_names
from grader.classroom.submissions.submitted_folder import SUBMITTED, PlacedSubmission, put
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.core.errors import SubmissionError, UsageError


def hand_in(home: Path, notebook: Path, classroom: Path, student: str) -> PlacedSubmission:
    """Copy `notebook` to `classroom/submitted/<student>/<unit>/`.

    Raises UsageError for a file or a name that cannot be used, SubmissionError for a file that is
    no notebook of this course, SetupError where the class's folder cannot be written or holds
    links.
    """
    student = student_names.composed(student)
    if not student_names.is_student_name(student):
        message = (
            f"{student!r} cannot be a student's name: {student_names.RULE}. Say it with --student."
        )
        raise UsageError(message)
    data = _read(notebook)
    unit = unit_of(home, data)
    if not classroom.is_dir():
        message = f"There is no folder {classroom}. Ask your teacher where the class's folder is."
        raise UsageError(message)
    place = _class_around(classroom.resolve())
    return put(place, student, unit, data, datetime.now(UTC), may_be_again=True)


def _class_around(folder: Path) -> Path:
    """The class's folder, where its `submitted/` or a teacher's course was named, too.

    Raises UsageError for a folder in `submitted/`.
    """
    if (folder / CONFIG).is_file():  # whatever it is called
        return class_folder(folder)
    if folder.name == SUBMITTED:
        return folder.parent
    inside = next((above for above in folder.parents if above.name == SUBMITTED), None)
    if inside is not None and not (folder / SUBMITTED).is_dir():
        message = (
            f"{folder} lies in {inside}, where a class's submissions are, and is no class's folder "
            f"itself. Meant is perhaps: --to {inside.parent}"
        )
        raise UsageError(message)
    return folder


def unit_of(home: Path, data: bytes) -> str:
    """The unit that a notebook has most cells of. Raises SubmissionError for none."""
    releases = ReleasedNotebooks.of(home)
    unit = releases.unit_of(read_submission(data))
    if unit is None:
        message = (
            "This is no notebook of this course: none of its cells is known to "
            f"{', '.join(releases.masters) or 'any released unit'}."
        )
        raise SubmissionError(message)
    return unit


def _read(path: Path) -> bytes:
    if not path.is_file():  # a device or a pipe might never end
        message = f"{path} is no file. Name your notebook, such as my-work/01_rnn/rnn.ipynb."
        raise UsageError(message)
    try:
        # the learner's own link is followed, once
        return read_ordinary(path.resolve(), LARGEST_FILE)
    except (SubmissionError, OSError) as error:
        message = f"{path} cannot be read: {error}"
        raise UsageError(message) from error
