"""A notebook is handed in to the right place, and nothing is ever lost or led astray."""

import json
import shutil
from pathlib import Path

import pytest

from grader.classroom.cli import main
from grader.classroom.submissions.submitted_folder import TIMESTAMP
from grader.classroom.submissions.submitting import hand_in, unit_of
from grader.core.errors import SetupError, SubmissionError, UsageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A learner's course folder with one unit, and a class's folder in it."""
    shutil.copytree(ROOT / "notebooks" / "00_start", tmp_path / "notebooks" / "00_start")
    (tmp_path / "classroom").mkdir()
    return tmp_path


@pytest.fixture
def work(home: Path) -> Path:
    """The learner's own notebook."""
    path = home / "my-work" / "any name.ipynb"
    path.parent.mkdir()
    shutil.copy(home / "notebooks" / "00_start" / "start.ipynb", path)
    return path


def changed(work: Path, words: str) -> bytes:
    """The notebook with one more cell."""
    content = json.loads(work.read_text())
    cell = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": words}
    content["cells"].append(cell)
    work.write_text(json.dumps(content))
    return work.read_bytes()


def test_it_lies_where_nbgrader_looks_and_the_learners_copy_stays(home: Path, work: Path) -> None:
    """By what its cells are, whatever the file was called."""
    made = hand_in(home, work, home / "classroom", "ada")
    assert made.path == home / "classroom/submitted/ada/00_start/start.ipynb"
    assert made.path.read_bytes() == work.read_bytes()
    assert (made.path.parent / TIMESTAMP).read_text().endswith(" UTC\n")
    assert sorted(path.name for path in made.path.parent.iterdir()) == ["start.ipynb", TIMESTAMP]


def test_a_second_submission_keeps_the_first_and_a_third_both(home: Path, work: Path) -> None:
    """In the order of their numbers, outside of what nbgrader grades."""
    handed = [work.read_bytes()]
    hand_in(home, work, home / "classroom", "ada")
    for words in ("second", "third"):
        handed.append(changed(work, words))
        made = hand_in(home, work, home / "classroom", "ada")
        assert made.path.read_bytes() == handed[-1]
    kept = sorted((home / "classroom/earlier/ada/00_start").iterdir())
    assert [path.name for path in kept] == ["start-1.ipynb", "start-2.ipynb"]
    assert [path.read_bytes() for path in kept] == handed[:2]


def test_the_same_once_more_changes_nothing(home: Path, work: Path) -> None:
    hand_in(home, work, home / "classroom", "ada")
    made = hand_in(home, work, home / "classroom", "ada")
    assert (made.changed, made.before) == (False, None)
    assert not (home / "classroom/earlier").exists()


def test_the_same_once_more_says_nothing_of_an_earlier_time(home: Path, work: Path) -> None:
    made = hand_in(home, work, home / "classroom", "ada")
    time = made.path.with_name("timestamp.txt")
    time.write_text("2026-11-20 10:00:00 UTC")
    hand_in(home, work, home / "classroom", "ada")
    assert time.read_text() == "2026-11-20 10:00:00 UTC"
    time.unlink()  # placed by hand, say
    hand_in(home, work, home / "classroom", "ada")
    assert not time.exists()


def test_the_folder_submitted_is_taken_for_its_class(home: Path, work: Path) -> None:
    made = hand_in(home, work, home / "classroom", "ada")
    again = hand_in(home, work, home / "classroom/submitted", "ada")
    assert (again.path, again.changed) == (made.path, False)
    for inside in (made.path.parent, made.path.parents[1]):
        with pytest.raises(UsageError, match=rf"--to {home.resolve()}/classroom$"):
            hand_in(home, work, inside, "ada")
    (home / "solutions").mkdir()
    (home / "nbgrader_config.py").touch()
    assert hand_in(home, work, home, "ada").path == made.path


@pytest.mark.parametrize(
    "student", ["..", "../ada", "/etc", "a/b", "a\\b", "", ".ada", "ada ", "a\0b", "a" * 101, "-r"]
)
def test_a_name_that_is_a_path_is_refused(home: Path, work: Path, student: str) -> None:
    with pytest.raises(UsageError, match="cannot be a student's name"):
        hand_in(home, work, home / "classroom", student)
    assert not list((home / "classroom").iterdir())


@pytest.mark.parametrize(
    "place", ["submitted", "submitted/ada", "submitted/ada/00_start", "earlier"]
)
def test_a_link_on_the_way_is_refused(home: Path, work: Path, place: str) -> None:
    """Somebody else's link must not lead a submission out of the class's folder."""
    outside = home / "outside"
    outside.mkdir()
    link = home / "classroom" / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    with pytest.raises(SetupError, match="is a link"):
        hand_in(home, work, home / "classroom", "ada")
    assert not list(outside.iterdir())


def test_a_file_that_is_a_link_is_not_written_through(home: Path, work: Path) -> None:
    victim = home / "victim.ipynb"
    victim.write_text("precious")
    target = home / "classroom/submitted/ada/00_start/start.ipynb"
    target.parent.mkdir(parents=True)
    target.symlink_to(victim)
    with pytest.raises(SetupError, match="is a link"):
        hand_in(home, work, home / "classroom", "ada")
    assert victim.read_text() == "precious"


def test_what_is_no_notebook_of_this_course_is_refused(home: Path, work: Path) -> None:
    work.write_text("PK\x03\x04 a zip, renamed")
    with pytest.raises(SubmissionError):
        hand_in(home, work, home / "classroom", "ada")
    strange = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    with pytest.raises(SubmissionError, match="no notebook of this course"):
        unit_of(home, json.dumps(strange).encode())
    assert not list((home / "classroom").iterdir())


def test_a_folder_or_nothing_in_a_notebooks_place_is_refused(home: Path) -> None:
    for path in (home, home / "nothing.ipynb", Path("/dev/zero")):
        with pytest.raises(UsageError, match="is no file"):
            hand_in(home, path, home / "classroom", "ada")


def test_the_command_says_where_it_lies_and_what_was_kept(
    home: Path, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home)
    words = ["submit", str(work), "--student", "ada"]
    assert main(words) == 0
    assert "is handed in" in capsys.readouterr().out
    assert main(words) == 0
    assert "already" in capsys.readouterr().out
    changed(work, "better")
    assert main(words) == 0
    assert "start-1.ipynb" in capsys.readouterr().out
    assert main([*words, "--to", str(home / "nowhere")]) == 2
    assert "Ask your teacher" in capsys.readouterr().err
