"""A course as `grader new` makes it, once for all tests; who changes it gets a copy."""

import shutil
from pathlib import Path

import pytest

from grader.classroom.authoring.new_course import make_course, make_unit
from grader.classroom.authoring.new_question import make_question
from grader.classroom.course_paths import Course
from grader.core.question import CHOICE, VALUE
from tests.conftest import MakeOnce

UNIT = "02_waves"
IDS = (
    ("waves-weights", VALUE),
    ("waves-challenge-1", CHOICE),
    ("waves-predict-1", CHOICE),
    ("waves-door-1", CHOICE),
    ("waves-door-2", CHOICE),
)


@pytest.fixture
def course(make_once: MakeOnce, tmp_path: Path) -> Course:
    """Two units; the second has an example of each kind but a repair."""

    def make(folder: Path) -> None:
        make_course(folder)
        made = Course(folder, folder / "classroom")
        make_unit(made, "waves")
        for name, kind in IDS:
            make_question(made, UNIT, name, kind)

    root = shutil.copytree(make_once("authored-course", make), tmp_path / "course")
    return Course(root, root / "classroom")
