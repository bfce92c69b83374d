"""Collecting with a teacher's rights: nothing of a learner's is followed, and nobody is stopped."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeError
from traitlets.config import Config

from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.config_loading import class_config
from grader.classroom.nbgrader.exchange import Collect, LeanSubmit, ReleaseFeedback, ReleaseUnit
from grader.classroom.nbgrader.inprocess import course_folders, nbgrader_environment
from grader.classroom.submissions.safe_copy import MOST_FILES
from grader.core import unit_file as units
from tests.exchange.conftest import CLASS, UNIT, Classroom

WHEN = "2026-11-20 10:00:00.000000 UTC"
LATER = "2026-11-21 10:00:00.000000 UTC"


def exchanged(classroom: Classroom, kind: Any, **options: Any) -> Any:
    """One of nbgrader's exchange steps as its application makes it."""
    config = class_config(classroom.course, RunSettings())
    config.merge(Config({kind.__name__: options}))
    folders = course_folders(config, UNIT)
    return kind(coursedir=folders, authenticator=Authenticator(), config=config)


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with nbgrader_environment():
        yield


def inbound(classroom: Classroom) -> Path:
    return classroom.exchange / CLASS / "inbound"


def hand_in(classroom: Classroom, student: str, when: str = WHEN) -> Path:
    """What nbgrader's submit leaves in the exchange."""
    folder = inbound(classroom) / f"{student}+{UNIT}+{when}+abc"
    folder.mkdir(parents=True)
    (folder / "toy.ipynb").write_bytes(classroom.course.released(UNIT).read_bytes())
    (folder / "timestamp.txt").write_text(when)
    (folder / "submission_secret.txt").write_text("s" * 128)
    return folder


def held(classroom: Classroom, student: str) -> set[str]:
    folder = classroom.course.submitted / student / UNIT
    return (
        {p.relative_to(folder).as_posix() for p in folder.rglob("*")} if folder.exists() else set()
    )


PLAIN = {"toy.ipynb", "timestamp.txt", "submission_secret.txt"}


def test_no_link_pipe_or_strange_name_is_collected_and_the_others_are(
    classroom: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    secret = classroom.course.root / "solutions" / UNIT / "lesson.py"
    hand_in(classroom, "ann")
    linked = hand_in(classroom, "bob")
    (linked / "toy.ipynb").unlink()
    (linked / "toy.ipynb").symlink_to(classroom.course.source / UNIT / "toy.ipynb")
    (linked / "solutions").symlink_to(secret.parent)
    os.mkfifo(linked / "wait.txt")
    (inbound(classroom) / f"cid+{UNIT}+{WHEN}+abc").symlink_to(classroom.course.source / UNIT)
    for name in (f"..+{UNIT}+{WHEN}", f"dan+{UNIT}+yesterday", f"+{UNIT}+{WHEN}", f"x+{UNIT}+"):
        (inbound(classroom) / name).mkdir()
    many = hand_in(classroom, "eve")
    for number in range(MOST_FILES):
        (many / f"{number}.txt").touch()
    deep = hand_in(classroom, "fay")
    (deep / "/".join(["d"] * 20)).mkdir(parents=True)
    exchanged(classroom, Collect).start()
    assert held(classroom, "ann") == PLAIN
    assert held(classroom, "bob") == PLAIN - {"toy.ipynb"}
    assert held(classroom, "fay") == PLAIN
    assert {p.name for p in classroom.course.submitted.iterdir()} == {"ann", "bob", "fay"}
    assert not (classroom.course.classroom / UNIT).exists()
    for name in ("bob", "cid", "dan", "eve", "fay", "x"):
        told = [line for line in caplog.messages if f"/{name}+{UNIT}" in line]
        assert told, name
        assert any("ot collected" in line for line in told), name


def test_what_cannot_be_collected_anew_leaves_what_was_there(classroom: Classroom) -> None:
    hand_in(classroom, "ann")
    exchanged(classroom, Collect).start()
    later = hand_in(classroom, "ann", LATER)
    for number in range(MOST_FILES):
        (later / f"{number}.txt").touch()
    exchanged(classroom, Collect, update=True).start()
    path = classroom.course.submission(UNIT, "ann")
    assert path.is_file()
    assert path.with_name("timestamp.txt").read_text() == WHEN


def test_the_course_s_own_files_are_not_handed_in_again(classroom: Classroom) -> None:
    given = classroom.course.release / UNIT
    folder = hand_in(classroom, "ann")
    for path in ("unit.json", "data/beeps/recipe.py", "data/beeps/beeps.npz"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes((given / path).read_bytes())
    (folder / "data" / "beeps" / "recipe.py").write_text("mine = 1\n")
    exchanged(classroom, Collect).start()
    # what the learner has changed is the learner's
    changed = {"data", "data/beeps", "data/beeps/recipe.py"}
    assert held(classroom, "ann") == PLAIN | changed


def test_a_lean_submission_leaves_them_out_as_well(classroom: Classroom, tmp_path: Path) -> None:
    exchanged(classroom, ReleaseUnit).start()
    config = Config()
    config.Exchange.root, config.Exchange.cache = str(classroom.exchange), str(tmp_path / "cache")
    config.Exchange.assignment_dir = str(tmp_path)
    config.CourseDirectory.course_id = CLASS
    fetched = tmp_path / UNIT
    given = classroom.exchange / CLASS / "outbound" / UNIT
    for path in [p for p in given.rglob("*") if p.is_file()]:
        (fetched / path.relative_to(given)).parent.mkdir(parents=True, exist_ok=True)
        (fetched / path.relative_to(given)).write_bytes(path.read_bytes())
    submit = LeanSubmit(
        coursedir=course_folders(config, UNIT), authenticator=Authenticator(), config=config
    )
    submit.start()
    for place in (inbound(classroom), tmp_path / "cache" / CLASS):
        (folder,) = place.iterdir()
        assert {p.name for p in folder.rglob("*")} == PLAIN


@pytest.mark.parametrize("wrong", ["release", "keys", "data", "notebook", "nothing"])
def test_a_folder_that_learners_could_not_work_with_is_not_released(
    classroom: Classroom, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    course, folder = classroom.course, classroom.course.release / UNIT
    if wrong == "release":
        described = json.loads((folder / "unit.json").read_text())
        (folder / "unit.json").write_text(json.dumps(described | {"release": "0123456789ab"}))
    elif wrong == "keys":
        (folder / "unit.json").write_bytes((course.notebooks / UNIT / "unit.json").read_bytes())
    elif wrong == "data":
        (folder / "data" / "beeps" / "beeps.npz").write_bytes(b"")
    elif wrong == "notebook":
        (folder / "toy.ipynb").unlink()
    else:
        for path in sorted(course.release.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(ExchangeError, match=rf"{UNIT} is not released.*grader release {UNIT}"):
        exchanged(classroom, ReleaseUnit).start()
    assert not (classroom.exchange / CLASS).exists()


def test_keys_stay_with_those_who_learn_at_home(classroom: Classroom) -> None:
    course = classroom.course
    assert units.find(course.notebooks / UNIT).quiz["toy-challenge-1"].answer == "b"
    for folder in (course.release / UNIT, course.source / UNIT):
        described = units.find(folder)
        assert described.quiz["toy-challenge-1"].answer is None
        whole = units.find(course.notebooks / UNIT)
        assert described.dumps() == whole.without_keys().dumps() != whole.dumps()


def test_a_page_whose_submission_came_otherwise_stops_nobody(
    classroom: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    exchanged(classroom, ReleaseUnit).start()
    for student, has_secret in (("ann", True), ("bob", False)):
        folder = classroom.course.feedback / student / UNIT
        folder.mkdir(parents=True)
        (folder / "toy.html").write_text(f"page of {student}")
        if has_secret:
            (folder / "timestamp.txt").write_text(WHEN)
            (folder / "submission_secret.txt").write_text("s" * 128)
    exchanged(classroom, ReleaseFeedback).start()
    (page,) = (classroom.exchange / CLASS / "feedback").iterdir()
    assert page.read_text() == "page of ann"
    assert [line for line in caplog.messages if line.startswith("bob did not come by the exchange")]
