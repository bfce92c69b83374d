"""A teacher's script in a container that allows no namespaces, as shared runners may."""

import csv
import os
import subprocess
from pathlib import Path

import nbformat
import pytest

from grader.classroom.course_paths import Course
from grader.classroom.publish.forge_files import write
from tests.environments import no_environment, open_environment, open_folder
from tests.exchange.conftest import release_toys

UNIT = "01_toy"
ANSWERS = {
    "ann": "def double(x):\n    return x + x",
    "bob": "def double(x):\n    return open({secret!r}) and x + x",
}


def push(course: Course, server: Path, student: str, source: str) -> None:
    """A repository that holds the one notebook, as a learner's does."""
    work = server / f"{student}-work"
    path = work / "my-work" / UNIT / "toy.ipynb"
    path.parent.mkdir(parents=True)
    notebook = nbformat.read(course.released(UNIT), as_version=4)
    next(cell for cell in notebook.cells if cell.id == "toy-double-answer").source = source
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    who = ["-c", "user.name=learner", "-c", "user.email=learner@localhost"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*who, "commit", "--quiet", "--message", "Work"],
        ["clone", "--quiet", "--bare", ".", str(server / "class" / f"{student}.git")],
    ):
        subprocess.run(["git", *words], cwd=work, check=True)


@pytest.mark.sandbox
@pytest.mark.slow
def test_without_namespaces_learner_code_is_another_user(tmp_path: Path) -> None:
    lacking = no_environment() if os.geteuid() == 0 else "containers run their scripts as root"
    if lacking:
        pytest.skip(f"NOT TESTED: {lacking}")
    root = release_toys(tmp_path / "course")
    course = Course(root, root / "classroom")
    with open_folder() as base, open_environment() as python:
        here = write(course, UNIT, "gitlab", "50%", base / "made") / "teacher"
        secret = str(here / "classroom" / "secret")
        for student, source in ANSWERS.items():
            push(course, base / "server", student, source.format(secret=secret))
        (here / "learners.txt").write_text("class/ann\nclass/bob\n", encoding="utf-8")
        (here / ".venv").symlink_to(python.parents[1])
        programs = base / "programs"
        programs.mkdir()
        refusing = programs / "bwrap"
        refusing.write_text("#!/bin/sh\necho 'No permissions' >&2\nexit 1\n", encoding="utf-8")
        refusing.chmod(0o755)
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(base),
            "SERVER": (base / "server").as_uri(),
            "GRADER_SECRET": "what the class draws from",
            "OMP_NUM_THREADS": "1",
        }
        ran = subprocess.run(
            ["bash", here / "grade_learners.sh"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = ran.stdout + ran.stderr
        (table,) = (here / "classroom" / "report").glob("01_toy*.csv")
        with table.open(encoding="utf-8", newline="") as file:
            marks = {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
        assert (ran.returncode, marks) == (0, {"ann": 2.0, "bob": 0.0}), said
        assert Path(secret).stat().st_mode & 0o077 == 0
        page = next((here / "classroom" / "feedback" / "bob").rglob("*.html"))
        assert "PermissionError" in page.read_text("utf-8")
