"""A course's own folders are no submissions: refused with the command that was meant."""

import shutil
from pathlib import Path

import pytest

from grader.classroom.cli import main
from grader.classroom.collect.course_folders import refuse_course
from grader.classroom.course_paths import Course
from grader.core.errors import UsageError
from tests.classroom.collect.conftest import notebook


@pytest.fixture
def own(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with a class in which one student has handed something in."""
    root = tmp_path / "clone"
    shutil.copytree(course, root)
    (root / "solutions" / "01_rnn").mkdir(parents=True)
    (root / "nbgrader_config.py").touch()
    made = Course(root, root / "classroom")
    for folder in (made.submitted / "ann" / "01_rnn", made.autograded / "ann" / "01_rnn"):
        folder.mkdir(parents=True)
        (folder / "rnn.ipynb").write_bytes(notebook("x = 1"))
    monkeypatch.chdir(root)
    return made


@pytest.mark.parametrize(
    "place", [".", "..", "../clone", "classroom", "classroom/autograded", "notebooks", "solutions"]
)
def test_a_course_and_what_is_in_it_is_refused(
    own: Course, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(own.root.rglob("*"))
    assert main(["collect", place]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"grader: {Path(place)} is ")
    assert told.endswith(f"grader collect {own.submitted}\n")
    assert sorted(own.root.rglob("*")) == before


def test_another_course_is_refused_by_its_own_class(own: Course, tmp_path: Path) -> None:
    other = tmp_path / "other course"
    (other / "solutions").mkdir(parents=True)
    (other / "nbgrader_config.py").touch()
    with pytest.raises(UsageError, match="Name the archive or the folder"):
        refuse_course(other, own)
    (other / "classroom" / "submitted").mkdir(parents=True)
    with pytest.raises(UsageError, match=f"collect '{other}/classroom/submitted'"):
        refuse_course(other, own)


def test_submissions_in_a_class_and_beside_it_are_taken(own: Course) -> None:
    (own.root / "downloads").mkdir()
    for folder in (own.submitted, own.submitted / "ann", own.root / "downloads"):
        refuse_course(folder, own)
    refuse_course(own.root / "nbgrader_config.py", own)  # no folder: others say what it is


def test_many_files_that_are_left_are_counted(
    own: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own.root / "downloads" / "ann"
    folder.mkdir(parents=True)
    (folder / "rnn.ipynb").write_bytes(notebook("x = 2"))
    for number in range(30):
        (folder / f"{number:02}.pdf").touch()
    assert main(["collect", "downloads"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len([line for line in told if line.startswith("left ")]) == 6
    assert "left 25 more like these; --json FILE names all" in told
