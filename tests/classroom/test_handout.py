"""A hand-out is the same bytes every time, and never written over another file."""

import shutil
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.publish.handout_archive import make
from grader.core.errors import CourseError, SetupError, UsageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of one released unit, with a little data."""
    root = tmp_path / "course"
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "learners.md").write_text("# For learners\n")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name in ("00_start", "01_rnn"):
        (root / "solutions" / name).mkdir(parents=True)
        (root / "solutions" / name / "lesson.py").write_text("secret\n")
    shutil.copytree(ROOT / "notebooks" / "00_start", root / "notebooks" / "00_start")
    (root / "data" / "few" / ".cache").mkdir(parents=True)
    (root / "data" / "few" / "README.md").write_text("few\n")
    (root / "data" / "few" / ".cache" / "x").write_text("no\n")
    return Course(root, root / "classroom")


def test_it_holds_notebooks_data_and_package_but_no_solutions(course: Course) -> None:
    made = make(course, ["00_start"])
    with zipfile.ZipFile(made.path) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert {name.partition("/")[0] for name in names} == {"course"}
    for wanted in ("notebooks/00_start/unit.json", "data/few/README.md", "grader/lab/checks.py"):
        assert f"course/{wanted}" in names
    assert not [name for name in names if "solutions" in name or "/." in name]
    assert not [name for name in names if "__pycache__" in name]


def test_the_same_releases_make_the_same_bytes(course: Course) -> None:
    first = make(course, ["00_start"])
    again = make(course, ["00_start"])
    assert (first.changed, again.changed) == (True, False)
    assert first.path == again.path
    other = make(course, ["00_start"], course.root / "other.zip")
    assert other.path.read_bytes() == first.path.read_bytes()


def test_another_file_is_never_overwritten(course: Course) -> None:
    target = course.root / "mine.zip"
    target.write_text("precious")
    with pytest.raises(UsageError, match="another file"):
        make(course, ["00_start"], target)
    assert target.read_text() == "precious"


def test_a_unit_that_is_not_released_is_named_with_its_command(course: Course) -> None:
    with pytest.raises(SetupError, match="grader release 01_rnn"):
        make(course, ["00_start", "01_rnn"])


def test_a_link_is_refused(course: Course) -> None:
    """It could lead to `solutions/`, and a zip would hold what it leads to."""
    (course.data / "few" / "more").symlink_to(course.solutions / "01_rnn" / "lesson.py")
    with pytest.raises(CourseError, match="is a link"):
        make(course, ["00_start"])


def test_the_command_says_where_and_what(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course.root)
    assert main(["handout", "00_start"]) == 0
    out = capsys.readouterr().out
    assert "00_start" in out
    assert "challenge keys left out" not in out  # the unit has no challenge
    assert len(list((course.root / "build" / "handout").glob("*.zip"))) == 1


def test_a_course_without_files_to_install_gives_its_authors_versions(course: Course) -> None:
    """What `grader install` reads in the unpacked folder: pins, and a project of the package."""
    made = make(course, ["00_start"])
    with zipfile.ZipFile(made.path) as archive:
        pins = archive.read("course/requirements.txt").decode().splitlines()
        project = tomllib.loads(archive.read("course/pyproject.toml").decode())
        begin = archive.read("course/README.md").decode()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = sorted(Requirement(line).name for line in declared["dependencies"])
    assert sorted(line.partition("==")[0] for line in pins[1:]) == sorted([*names, "setuptools"])
    assert not [line for line in pins if "+" in line]  # a build of one's own is on no index
    assert f"numpy=={version('numpy')}" in pins
    assert project["project"]["name"] == "grader"
    assert sorted(Requirement(line).name for line in project["project"]["dependencies"]) == names
    assert "python3 -m grader install" in begin
    assert begin.endswith("# For learners\n")
    assert "Where `grader` stands in a line below" in begin
    assert "environment.yml" not in begin  # the course has none


def test_what_a_hand_out_says_is_there_is_there(course: Course) -> None:
    (course.root / "docs" / "learners.md").unlink()
    (course.root / "environment.yml").write_text("name: grader\n")
    made = make(course, ["00_start"])
    assert made.path.name.startswith("course-")
    with zipfile.ZipFile(made.path) as archive:
        begin = archive.read("course/README.md").decode()
        assert "environment.yml" in begin
        assert "course/environment.yml" in archive.namelist()
    assert "in a line below" not in begin


def test_a_courses_own_files_to_install_are_taken(course: Course) -> None:
    for name in ("requirements.txt", "pyproject.toml"):
        (course.root / name).write_text(f"# mine: {name}\n")
    made = make(course, ["00_start"])
    with zipfile.ZipFile(made.path) as archive:
        assert archive.read("course/requirements.txt") == b"# mine: requirements.txt\n"
        assert archive.read("course/pyproject.toml") == b"# mine: pyproject.toml\n"
        assert not [name for name in archive.namelist() if "/examples/" in name]
