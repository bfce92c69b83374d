"""Two folders that become repositories of a forge: one for learners, one for their teacher.

Whoever may write to a repository may read all that its workflows are given. So `learners/` holds
the hand-out and a workflow that runs the notebook's own checks, and no secret. `teacher/` holds
the course, and a workflow that reads learners' repositories and grades them as a class. The
class's secret is in neither: the forge keeps it. Called by `grader forge`.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from grader.classroom.course_paths import Course
from grader.classroom.publish import handout_archive
from grader.classroom.publish.gradescope_archive import course_files
from grader.core.errors import UsageError
from grader.core.names import stem

FORGES: Mapping[str, Mapping[str, str]] = {
    "github": {
        "teacher": ".github/workflows/grade.yml",
        "learners": ".github/workflows/self-check.yml",
    },
    "gitlab": {"teacher": ".gitlab-ci.yml", "learners": ".gitlab-ci.yml"},
}
_WORKFLOWS = {"teacher": "grade.yml.in", "learners": "self-check.yml.in"}
_IGNORED = {
    "teacher": "/.venv/\n/build/\n/classroom/\n__pycache__/\n",
    "learners": "/.venv/\n__pycache__/\n.ipynb_checkpoints/\nprogress.json\n",
}


def write(course: Course, unit: str, forge: str, least: str, folder: Path) -> Path:
    """Write `teacher/` and `learners/` for a released unit into a folder that is new or empty.

    `least` is what a learner's own check has to reach to be green, such as "50%". Raises SetupError
    where the unit is not released, UsageError where the folder holds anything.
    """
    found = contents(course, unit, forge, least)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = (
            f"{folder} is there already, and nothing was written over it. Name a folder that is "
            "new with --to, or remove this one first."
        )
        raise UsageError(message)
    for name, body in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return folder


def contents(course: Course, unit: str, forge: str, least: str) -> dict[str, bytes]:
    """Every file of both folders by its path."""
    released = handout_archive.read_released(course, unit)
    words = {"unit": unit, "notebook": f"{stem(unit)}.ipynb", "least": least}
    parts = {
        "teacher": dict(course_files(course, unit)),
        "learners": handout_archive.contents(course, {unit: released}),
    }
    for who, found in parts.items():
        found[FORGES[forge][who]] = _filled(f"{forge}-{_WORKFLOWS[who]}", words)
        found[".gitignore"] = _IGNORED[who].encode()
    parts["teacher"] |= {
        "grade_learners.sh": _filled("grade_learners.sh.in", words),
        "learners.txt": _filled("learners.txt", {}),
    }
    return {f"{who}/{name}": body for who, found in parts.items() for name, body in found.items()}


def _filled(name: str, words: Mapping[str, str]) -> bytes:
    """A template with each `@word@` replaced; `$` is the shell's and the forge's own."""
    text = files(__package__).joinpath("forges", name).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text.encode()
