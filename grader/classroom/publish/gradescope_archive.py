"""The zip that Gradescope takes as a unit's autograder: `setup.sh`, `run_autograder`, the course.

It holds the unit's solutions and the class's secret: Gradescope shows both to instructors alone,
and whatever runs there is kept from learner code by the sandbox, or by the rights of files where
the container allows none. The same release makes the same bytes.
"""

import io
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import grader
from grader.classroom.course_paths import CONFIG, Course
from grader.classroom.grading.secret_key import SECRET, class_secret
from grader.classroom.publish.handout_archive import below, read_released
from grader.classroom.publish.handout_install import installing_to_grade
from grader.core.errors import UsageError

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SCRIPTS = ("setup.sh", "run_autograder")
_FILE, _PROGRAM = 0o100644 << 16, 0o100755 << 16
# Where `grader one` keeps its class.
_CLASS = "build/one"


def make(course: Course, unit: str, target: Path | None = None) -> Path:
    """Write the autograder of a released unit; returns where it is.

    Raises SetupError where the unit is not released, UsageError where `target` is another file.
    """
    read_released(course, unit)
    data = _zipped({f"course/{name}": body for name, body in contents(course, unit)})
    path = target or course.root / "build" / "gradescope" / f"{unit}.zip"
    if target and path.exists() and not (path.is_file() and path.read_bytes() == data):
        message = f"{path} exists and is another file. Name a new one, or move it away first."
        raise UsageError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def contents(course: Course, unit: str) -> Iterator[tuple[str, bytes]]:
    """What grading one unit takes, with the class's secret, by its path in the course."""
    yield from course_files(course, unit)
    yield f"{_CLASS}/{SECRET}", class_secret(course).encode()


def course_files(course: Course, unit: str) -> Iterator[tuple[str, bytes]]:
    """Every file of the course that grading one unit takes, but for what is a class's own."""
    yield CONFIG, (course.root / CONFIG).read_bytes()
    yield from installing_to_grade(course.root).items()
    package = Path(grader.__file__).resolve().parent
    folders = [
        (package, "grader"),
        (course.solutions / unit, f"solutions/{unit}"),
        (course.notebooks / unit, f"notebooks/{unit}"),
    ]
    if course.data.is_dir():
        folders.append((course.data, "data"))
    for folder, place in folders:
        for path in below(folder):
            yield f"{place}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _zipped(course: dict[str, bytes]) -> bytes:
    scripts = files(__package__).joinpath("gradescope")
    found = {name: scripts.joinpath(name).read_bytes() for name in _SCRIPTS} | course
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(found):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _PROGRAM if name in _SCRIPTS else _FILE
            archive.writestr(entry, found[name])
    return buffer.getvalue()
