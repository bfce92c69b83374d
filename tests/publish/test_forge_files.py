"""A unit's repositories for a forge: what is in them, and that it can be read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.publish.forge_files import FORGES, contents, write
from grader.core.errors import UsageError
from tests.conftest import MakeOnce
from tests.exchange.conftest import release_toys

UNIT = "01_toy"
SCHEMAS = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}


@pytest.fixture
def course(make_once: MakeOnce, monkeypatch: pytest.MonkeyPatch) -> Course:
    root = make_once("forge", lambda folder: release_toys(folder / "course")) / "course"
    monkeypatch.chdir(root)
    return Course(root, root / "classroom")


@pytest.mark.parametrize("forge", FORGES)
def test_learners_get_no_secret_and_nobody_the_class_s(course: Course, forge: str) -> None:
    found = contents(course, UNIT, forge, "50%")
    learners = {name for name in found if name.startswith("learners/")}
    assert f"learners/notebooks/{UNIT}/toy.ipynb" in learners
    assert not [name for name in learners if "solutions" in name]
    for name in learners:
        assert b"secrets." not in found[name] or "grader/" in name, name
    assert b'"right": null' in found[f"learners/notebooks/{UNIT}/unit.json"]
    teachers = found.keys() - learners
    wanted = {f"teacher/solutions/{UNIT}/lesson.py", "teacher/nbgrader_config.py"}
    wanted |= {"teacher/learners.txt", "teacher/grade_learners.sh", "teacher/.gitignore"}
    assert wanted <= teachers
    assert not [name for name in found if name.endswith("/secret")]
    assert found == contents(course, UNIT, forge, "50%")


@pytest.mark.parametrize("forge", FORGES)
def test_the_forge_can_read_its_files(course: Course, tmp_path: Path, forge: str) -> None:
    made = write(course, UNIT, forge, "50%", tmp_path / "made")
    files = [made / who / name for who, name in FORGES[forge].items()]
    checker = Path(sys.executable).with_name("check-jsonschema")
    lint = [str(checker), "--builtin-schema", SCHEMAS[forge], *map(str, files)]
    ran = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for path in (*files, made / "teacher" / "grade_learners.sh"):
        assert not re.search(r"@\w+@", path.read_text("utf-8")), path
    script = ["bash", "-n", str(made / "teacher" / "grade_learners.sh")]
    assert subprocess.run(script, check=False).returncode == 0


def test_a_folder_that_holds_anything_is_left_alone(course: Course, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError, match="nothing was written over it"):
        write(course, UNIT, "github", "50%", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_command_says_whose_is_what(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    words = ["forge", "gitlab", UNIT, "--to", str(made), "--fail-under", "3"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"{made}/learners" in said
    assert f"GRADER_SECRET to what {course.classroom / 'secret'} holds" in said
    assert (course.classroom / "secret").is_file()
    assert "--fail-under 3 --junit" in (made / "learners" / ".gitlab-ci.yml").read_text()
    assert main(["forge", "elsewhere", UNIT]) == 2
    assert "github, gitlab" in capsys.readouterr().err
    assert main(["forge", "github", UNIT, "--fail-under", "50%; true"]) == 2
