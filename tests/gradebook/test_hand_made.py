"""A `submitted/` filled by hand: every oddity is named, by grader and nbgrader alike."""

import json
import os
import shlex
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from grader.classroom.class_state import standing
from grader.classroom.cli import main
from grader.classroom.collect.stray_files import strays
from grader.classroom.course_paths import Course, find_course
from grader.classroom.grading.planning import plan
from grader.classroom.nbgrader.config_loading import class_config
from grader.classroom.nbgrader.generation import generate
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.recording import record
from grader.classroom.publish.releasing import release
from grader.core.errors import SetupError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT

Hand = Callable[..., None]
OTHER = "02_other"
PASSED = {"toy-double": Outcome.PASSED}


def timestamp(course: Course, student: str, kind: str) -> Path:
    path = course.submission(UNIT, student).with_name("timestamp.txt")
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(kind.encode("latin-1"))
    return path


@pytest.mark.parametrize(
    "kind", ["yesterday evening", "\xff\x00", "9999-12-31", "", "pipe", "folder"]
)
def test_a_timestamp_that_tells_nothing_costs_no_mark_and_is_told(
    course: Course,
    hand_in: Hand,
    judged: Hand,
    kind: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand_in("ann", SOLVED)
    path = timestamp(course, "ann", kind)
    judged("ann", PASSED)
    monkeypatch.chdir(course.root)
    assert main(["grade", "--device", "cpu", "--json", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["reports"][0]["score"] == 2.0
    assert [line for line in told["noticed"] if str(path) in line]
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        submission = gradebook.find_submission(UNIT, "ann")
        assert (submission.score, submission.timestamp) == (2.0, None)


@pytest.mark.parametrize("kind", ["yesterday evening", "9999-12-31 00:00:00 UTC", "\xff"])
def test_nbgrader_s_own_autograde_survives_it(
    course: Course, hand_in: Hand, judged: Hand, kind: str
) -> None:
    hand_in("ann", SOLVED)
    timestamp(course, "ann", kind)
    judged("ann", PASSED)
    with nbgrader_environment():
        config = class_config(course, SETTINGS)
        folders = CourseDirectory(config=config)
        folders.assignment_id = UNIT
        Autograde(coursedir=folders, config=config).start()
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        assert gradebook.find_submission(UNIT, "ann").score == 2.0


def another_unit(course: Course) -> None:
    """A second unit beside the first, with names of its own."""
    folder = course.solutions / OTHER
    shutil.copytree(course.solutions / UNIT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        text = path.read_text().replace(UNIT, OTHER).replace("toy", "other")
        path.with_name(path.name.replace("toy-", "other-")).write_text(text)
        if "toy-" in path.name:
            path.unlink()
    release(course, OTHER, generate)


def test_the_notebook_of_another_unit_is_named_and_not_graded(
    course: Course, hand_in: Hand
) -> None:
    another_unit(course)
    hand_in("ann", course.released(OTHER).read_bytes())
    works = plan(course, UNIT, SETTINGS)
    assert f"notebook of {OTHER}" in works[0].problem
    assert f"{OTHER}/other.ipynb" in works[0].problem
    assert record(course, UNIT, works, SETTINGS) == {}
    kept = nbformat.read(course.autograded / "ann" / UNIT / "toy.ipynb", as_version=4)
    assert kept.metadata.grader.problem == works[0].problem


def _foreign(cells: dict[str, Any], notebook: Any) -> None:
    """Another course's notebook, solved: other names, other text, and a release of its own."""
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.source = f"other-{number}", f"other_{number} = {number}"
        cell.metadata.get("nbgrader", {})["grade_id"] = cell.id
    notebook.metadata.grader.release = "0123456789"


def _only_one_cell(cells: dict[str, Any], notebook: Any) -> None:
    notebook.cells = [nbformat.v4.new_code_cell("x=1")]


@pytest.mark.parametrize("change", [_foreign, _only_one_cell])
def test_a_notebook_of_nothing_known_is_named_and_not_graded(
    course: Course,
    hand_in: Hand,
    change: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hand_in("ann", change)
    monkeypatch.chdir(course.root)
    assert main(["grade", "--device", "cpu"]) == 1
    assert "This is no notebook of 01_toy" in " ".join(capsys.readouterr().out.split())
    assert main(["export", "csv", "--device", "cpu"]) == 1
    assert ",not graded,," in (course.report / f"{UNIT}.csv").read_text()
    assert main(["excuse", UNIT, "toy-double"]) == 0
    assert "nobody holds a release without" in capsys.readouterr().out
    assert main(["collect", str(course.submitted)]) == 1
    assert "NOT PLACED" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["toy-Copy1.ipynb", "toy (1).ipynb", "final.ipynb"])
@pytest.mark.parametrize("beside", [b"", b"no json"])
def test_a_copy_with_the_work_is_never_a_zero_in_silence(
    course: Course, hand_in: Hand, name: str, beside: bytes
) -> None:
    hand_in("ann", SOLVED)
    path = course.submission(UNIT, "ann")
    path.rename(path.with_name(name))
    hand_in("ann", beside)
    works = plan(course, UNIT, SETTINGS)
    assert shlex.join(["mv", str(path.with_name(name)), str(path)]) in works[0].problem
    assert record(course, UNIT, works, SETTINGS) == {}
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        assert gradebook.find_submission(UNIT, "ann").needs_manual_grade


def test_a_copy_beside_work_is_only_listed(course: Course, hand_in: Hand) -> None:
    hand_in("ann", SOLVED)
    path = course.submission(UNIT, "ann")
    shutil.copy(path, path.with_name("toy-Copy1.ipynb"))
    assert plan(course, UNIT, SETTINGS)[0].problem == ""
    assert strays(course) == ["Beside submissions, and read by nobody: toy-Copy1.ipynb (ann)"]


def test_everything_else_in_submitted_is_named_once(course: Course, hand_in: Hand) -> None:
    hand_in("ann", SOLVED)
    top = course.submitted
    for path in ("flat.ipynb", "amy/toy.ipynb", "bob/1_toy/toy.ipynb", "01_toy/cy/toy.ipynb"):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text("{}")
    (top / "ann" / UNIT / "notes.txt").write_text("mine")
    (top / "ann" / UNIT / ".DS_Store").write_text("x")
    (top / "ann" / UNIT / ".ipynb_checkpoints").mkdir()
    told = "\n".join(strays(course))
    for path in ("flat.ipynb", "amy/toy.ipynb", "bob/1_toy", "01_toy"):
        assert told.count(f"{top / path} ") == 1, told
    assert "Meant is perhaps 01_toy" in told
    assert "notes.txt (ann)" in told
    assert "DS_Store" not in told
    assert f"grader collect {top}" in told


def test_collecting_submitted_itself_puts_things_right(
    course: Course, hand_in: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ann", SOLVED)
    hand_in("bob", SOLVED)
    path = course.submission(UNIT, "bob")
    path.parent.rename(path.parents[1] / "1_toy")
    monkeypatch.chdir(course.root)
    assert main(["collect", str(course.submitted)]) == 0
    assert path.read_bytes() == course.submission(UNIT, "ann").read_bytes()


@pytest.mark.parametrize("name", ["José", "आर्यन शर्मा", "'t Hooft"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_people_of_any_script_are_graded_and_asked_for(
    course: Course,
    hand_in: Hand,
    judged: Hand,
    name: str,
    form: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stored = unicodedata.normalize(form, name)  # type: ignore[arg-type]
    hand_in(stored, SOLVED)
    judged(stored, PASSED)
    monkeypatch.chdir(course.root)
    typed = unicodedata.normalize("NFC", name)
    assert main(["grade", "--device", "cpu", "--student", typed]) == 0
    for words in (
        ["feedback"],
        ["report", "--device", "cpu"],
        ["export", "csv", "--device", "cpu"],
    ):
        assert main(words) == 0
    assert (course.feedback / stored / UNIT / "toy.html").is_file()
    assert stored in (course.report / f"{UNIT}.csv").read_text(encoding="utf-8")


def test_a_name_of_the_roster_is_the_one_of_a_folder_with_its_accents_apart(
    course: Course, hand_in: Hand, judged: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = unicodedata.normalize("NFD", "José")
    hand_in(apart, SOLVED)
    judged(apart, PASSED)
    people = course.root / "people.csv"
    people.write_text("id,first_name,last_name\nJosé,José,Peña\n", encoding="utf-8")
    monkeypatch.chdir(course.root)
    assert main(["roster", "import", str(people)]) == 0
    assert main(["grade", "--device", "cpu"]) == 0
    assert main(["due", UNIT, "2026-12-01 10:00 UTC"]) == 0
    assert main(["due", UNIT, "+2d", "--student", "José"]) == 0
    found = standing(course, UNIT, SETTINGS)
    assert [(entry.student, entry.name, entry.score) for entry in found] == [
        (apart, "José Peña", 2.0)
    ]


def test_one_name_stored_in_two_ways_is_named(course: Course, hand_in: Hand) -> None:
    for form in ("NFC", "NFD"):
        hand_in(unicodedata.normalize(form, "José"), SOLVED)
    problems = [work.problem for work in plan(course, UNIT, SETTINGS)]
    assert sorted(map(bool, problems)) == [False, True]
    assert "stored in two ways" in "".join(problems)


@pytest.mark.parametrize("folder", ["rnn [2026]", "what?", "a*"])
def test_a_path_that_nbgrader_takes_for_a_pattern_is_refused(
    course: Course, tmp_path: Path, folder: str
) -> None:
    place = tmp_path / folder / "course"
    place.parent.mkdir()
    course.root.rename(place)
    with pytest.raises(SetupError, match="Rename that folder"):
        find_course(place)
