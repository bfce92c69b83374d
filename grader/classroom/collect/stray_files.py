"""What lies in `submitted/` and is graded by nobody, and timestamps that cannot be read: told once.

Reads names, and of files `timestamp.txt` alone. Called by `grader grade`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from grader.classroom.collect.archive_names import is_junk
from grader.classroom.collect.folders import unit_named
from grader.classroom.course_paths import Course
from grader.classroom.submissions.student_names import shown
from grader.classroom.submissions.submitted_folder import TIMESTAMP
from grader.classroom.submissions.timestamps import read_timestamp
from grader.core.plain_text import one_line
from grader.core.unit_file import FILE_NAME

_MOST_LINES = 40
_MOST_NAMES = 5
_CURE = "`grader collect {}` puts notebooks where they belong."


def noticed(course: Course, works: Iterable[tuple[str, str]]) -> list[str]:
    """One line for each thing that a teacher has to know; `works` are (student, unit)."""
    lines = [
        problem
        for student, unit in works
        if (problem := read_timestamp(course.submission(unit, student).parent).problem)
    ]
    return lines + strays(course)


def strays(course: Course) -> list[str]:
    """Files and folders that no unit of the course finds, and files beside submissions."""
    top = course.submitted
    if not top.is_dir():
        return []
    units = course.assignments()
    lines = []
    beside: dict[str, list[str]] = defaultdict(list)
    for entry in _entries(top):
        if not _is_folder(entry):
            lines.append(f"{entry} lies in no student's folder, so nobody is graded for it.")
        elif unit_named(entry.name, units) and any(map(_is_folder, _entries(entry))):
            lines.append(
                f"{entry} is called like a unit and stands where students do. Expected: "
                f"{top}/<student>/{unit_named(entry.name, units)}/"
            )
        else:
            lines += _of_student(course, entry, units, beside)
    if lines:
        lines = [*lines[:_MOST_LINES], *_more(len(lines)), _CURE.format(top)]
    return [one_line(line) for line in lines] + [
        f"Beside submissions, and read by nobody: {one_line(name)} ({_whose(students)})"
        for name, students in sorted(beside.items())[:_MOST_LINES]
    ]


def _of_student(
    course: Course, folder: Path, units: Collection[str], beside: dict[str, list[str]]
) -> Iterator[str]:
    for entry in _entries(folder):
        if not _is_folder(entry):
            yield f"{entry} lies in no unit's folder. Expected: {folder}/<unit>/"
        elif entry.name in units:
            own = {course.notebook(entry.name), TIMESTAMP, FILE_NAME, "data"}
            for each in _entries(entry):
                if each.name not in own:
                    name = f"{each.name}/" if _is_folder(each) else each.name
                    beside[name].append(folder.name)
        else:
            meant = unit_named(entry.name, list(units))
            hint = f" Meant is perhaps {meant}." if meant else ""
            yield f"{entry} is no unit of this course ({', '.join(units)}).{hint}"


def _entries(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if not is_junk((p.name,)) and not _is_junk_folder(p))


def _is_junk_folder(path: Path) -> bool:
    return is_junk((path.name, "any")) and _is_folder(path)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _more(count: int) -> list[str]:
    return [f"… and {count - _MOST_LINES} more like these."] if count > _MOST_LINES else []


def _whose(students: list[str]) -> str:
    if len(students) > _MOST_NAMES:
        return f"{len(students)} students"
    return ", ".join(map(shown, students))
