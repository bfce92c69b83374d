"""A toy course that a test may change."""

import shutil
from pathlib import Path

import pytest

from grader.classroom.course_paths import Course

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(FIXTURE, root, ignore=shutil.ignore_patterns("__pycache__"))
    return Course(root, root / "classroom")
