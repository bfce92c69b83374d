"""Whether `solutions/` is what was released: learners must have what is graded."""

import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.classroom.course_paths import Course
from grader.classroom.engine.environment import hashed, program
from grader.classroom.grading.planning import read_release
from grader.classroom.hashed_files import read_whole, write_whole
from grader.core.errors import SetupError
from grader.core.names import stem


def refuse_unreleased(course: Course, unit: str) -> None:
    """Raise SetupError where `solutions/` is not what was released; no gradebook is asked.

    Making the release takes a second, and loading nbgrader another, so what was found the same is
    known by the files' hash.
    """
    solutions = course.solutions / unit
    files = [*sorted((solutions / "questions").glob("*.py")), solutions / "quiz.toml"]
    files += [solutions / "lesson.py", course.released(unit)]
    contents = [path.read_bytes() for path in files if path.is_file()]
    mark = hashed([*contents, program().encode()]).encode()
    same = course.classroom / "checked" / f"{unit}.released"
    if read_whole(same) != mark:
        _refuse_another_source(course, unit, checksums(read_release(course, unit)))
        write_whole(same, mark)


def _refuse_another_source(course: Course, unit: str, wanted: dict[str, str]) -> None:
    from grader.classroom.nbgrader.generation import generate
    from grader.classroom.publish.releasing import write_source

    with tempfile.TemporaryDirectory() as nowhere:
        source = write_source(course, unit, source=Path(nowhere) / "source").parents[1]
        release = Path(nowhere) / "release"
        generate(source, release, unit)
        made = nbformat.read(release / unit / f"{stem(unit)}.ipynb", as_version=4)
    if checksums(made) != wanted:
        message = (
            f"solutions/{unit} has changed since notebooks/{unit} was released, so learners have "
            f"another notebook than would be graded: {_difference(checksums(made), wanted)}. "
            f"Nothing was graded. Run `grader release {unit}`, or go back to the solutions that "
            "were released."
        )
        raise SetupError(message)


def _difference(made: dict[str, str], wanted: dict[str, str]) -> str:
    """Which cells differ in text, kind or points, three of them."""
    names = [name for name in {**made, **wanted} if made.get(name) != wanted.get(name)]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"cell {', '.join(names[:3])}{more}"


def checksums(released: NotebookNode) -> dict[str, str]:
    """What nbgrader remembers of each cell: a hash of source, type, role and points."""
    known = [cell.metadata.nbgrader for cell in released.cells if "nbgrader" in cell.metadata]
    return {str(grading.grade_id): str(grading.checksum) for grading in known}
