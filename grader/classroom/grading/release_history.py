"""Which questions each release of a unit had, and who is excused from one that came later.

`releases.json` in the class's folder grows by one entry with each release that is graded;
`excused.json` holds what a teacher decided: {unit: {question: {student: "excused" or "counts"}}}.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader.classroom.course_paths import Course
from grader.classroom.notebooks.rebuilding import LARGEST_FILE, question_of
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.core.atomic_files import replace_file
from grader.core.errors import SetupError, SubmissionError

RELEASES, EXCUSED = "releases.json", "excused.json"
EXCUSE, COUNT = "excused", "counts"
_SHOWN = 40


def note_release(course: Course, unit: str, released: NotebookNode) -> None:
    """Remember the questions of a release."""
    known = _read(course.classroom / RELEASES)
    name = str(released.metadata.grader.release)
    if name in known.get(unit, {}):
        return
    asked = [question for cell in released.cells if (question := question_of(cell))]
    known.setdefault(unit, {})[name] = asked
    _write(course.classroom / RELEASES, known)


def later_questions(course: Course, unit: str, student: str, missing: Iterable[str]) -> list[str]:
    """Those of the `missing` questions that the release which a student holds does not have.

    A notebook that says nothing of its release is taken for one of the present release.
    """
    releases = _read(course.classroom / RELEASES).get(unit, {})
    own = _held(course.submission(unit, student))
    if not own or own == _present(course, unit):
        return []
    return [name for name in missing if name not in releases.get(own, [])]


def decisions(course: Course, unit: str) -> dict[str, dict[str, str]]:
    """By question: each student's "excused" or "counts"."""
    return {
        name: dict(own) for name, own in _read(course.classroom / EXCUSED).get(unit, {}).items()
    }


def decide(
    course: Course, unit: str, question: str, students: Iterable[str], word: str | None
) -> None:
    """Excuse students from a question, let it count for them, or with None take that back."""
    known = _read(course.classroom / EXCUSED)
    own = known.setdefault(unit, {}).setdefault(question, {})
    for student in students:
        own.pop(student, None)
        if word is not None:
            own[student] = word
    _write(course.classroom / EXCUSED, known)


def _held(path: Path) -> str:
    """The release that a submitted notebook says it is of; a stranger's word, only to be shown."""
    try:
        said = json.loads(read_ordinary(path, LARGEST_FILE))["metadata"]["grader"]["release"]
    except (SubmissionError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return said if isinstance(said, str) and len(said) <= _SHOWN and said.isalnum() else ""


def _present(course: Course, unit: str) -> str:
    return _held(course.released(unit))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read ({error}). Mend it, or remove it."
        raise SetupError(message) from error
    if not isinstance(content, dict):
        message = f"{path} is not what `grader` wrote: it holds no names. Mend it, or remove it."
        raise SetupError(message)
    return content


def _write(path: Path, content: Mapping[str, Any]) -> None:
    replace_file(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
