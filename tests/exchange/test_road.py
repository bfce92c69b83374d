"""The whole road of a class by nbgrader's own commands, from release to the learner's feedback."""

import re
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.core import unit_file as units
from tests.exchange.conftest import CLASS, UNIT, Classroom, Person

RIGHT = "def double(x):\n    return x + x"
WRONG = "def double(x):\n    return x * x"
COLLECTED = {"toy.ipynb", "timestamp.txt", "submission_secret.txt"}
GIVEN = {
    "toy.ipynb",
    "unit.json",
    "data/beeps/recipe.py",
    "data/beeps/beeps.npz",
    "data/beeps/README.md",
}


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def scores(classroom: Classroom) -> dict[str, float]:
    with Gradebook(f"sqlite:///{classroom.course.gradebook}") as gradebook:
        found = gradebook.find_assignment(UNIT).submissions
        return {submission.student.id: submission.score for submission in found}


def pages(learner: Person) -> list[str]:
    """The learner's feedback pages, the oldest submission's first."""
    found = sorted((learner.home / UNIT / "feedback").glob("*/toy.html"))
    return [path.read_text(encoding="utf-8") for path in found]


def grade_and_give_back(classroom: Classroom) -> str:
    classroom.teach("autograde", UNIT)
    classroom.teach("generate_feedback", UNIT, "--force")
    return classroom.teach("release_feedback", UNIT)


@pytest.mark.slow
@pytest.mark.sandbox
def test_from_release_to_feedback_by_two_users(classroom: Classroom) -> None:
    ann, bob = classroom.learners
    # what formgrader's Generate does, which empties the folder first
    classroom.teach("generate_assignment", UNIT, "--force")
    classroom.teach("release_assignment", UNIT)
    given = classroom.exchange / CLASS / "outbound" / UNIT
    assert files(given) == GIVEN
    released = units.find(given)
    assert released == released.without_keys()
    assert (given / "toy.ipynb").read_bytes() == classroom.course.released(UNIT).read_bytes()

    for learner, answer in ((ann, RIGHT), (bob, WRONG)):
        classroom.learn(learner, "fetch_assignment", UNIT)
        assert files(learner.home / UNIT) == GIVEN
        classroom.answer(learner, answer)
    assert "Success!" in ann.run("nbgrader", "validate", f"{UNIT}/toy.ipynb")
    assert "You squared x; twice x is x + x." in bob.run(
        "nbgrader", "validate", f"{UNIT}/toy.ipynb"
    )
    (bob.home / UNIT / "notes.txt").write_text("mine")
    for learner in (ann, bob):
        classroom.learn(learner, "submit", UNIT)

    classroom.teach("collect", UNIT)
    submitted = classroom.course.submitted
    assert files(submitted / ann.name / UNIT) == COLLECTED
    assert files(submitted / bob.name / UNIT) == {*COLLECTED, "notes.txt"}
    grade_and_give_back(classroom)
    assert scores(classroom) == {ann.name: 2.0, bob.name: 0.0}
    for folder, kind in (
        (classroom.course.autograded, "ipynb"),
        (classroom.course.feedback, "html"),
    ):
        for learner in (ann, bob):
            expected = {f"toy.{kind}", "timestamp.txt", "submission_secret.txt"}
            assert files(folder / learner.name / UNIT) == expected
    for learner in (ann, bob):
        classroom.learn(learner, "fetch_feedback", UNIT)
    assert "twice x is x + x" in pages(bob)[0]
    assert "twice x is x + x" not in pages(ann)[0]

    # handed in once more: collected when asked to, graded anew, with a page of its own
    time.sleep(1.1)  # nbgrader tells submissions apart by their second
    classroom.answer(bob, RIGHT)
    classroom.learn(bob, "submit", UNIT)
    before = (submitted / bob.name / UNIT / "timestamp.txt").read_text()
    assert "already exists" in classroom.teach("collect", UNIT)
    assert (submitted / bob.name / UNIT / "timestamp.txt").read_text() == before
    assert "Updating submission" in classroom.teach("collect", UNIT, "--update")
    assert (submitted / bob.name / UNIT / "timestamp.txt").read_text() > before
    grade_and_give_back(classroom)
    assert scores(classroom) == {ann.name: 2.0, bob.name: 2.0}
    classroom.learn(bob, "fetch_feedback", UNIT)
    assert ["twice x is x + x" in page for page in pages(bob)] == [True, False]
    assert not [path for path in submitted.iterdir() if path.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_page_of_a_regraded_submission_replaces_the_one_before(classroom: Classroom) -> None:
    ann, bob = classroom.learners
    classroom.teach("release_assignment", UNIT)
    classroom.learn(ann, "fetch_assignment", UNIT)
    classroom.answer(ann, WRONG)
    classroom.learn(ann, "submit", UNIT)
    classroom.teach("collect", UNIT)
    # somebody else's work came by mail: it stops nobody, and is named
    folder = classroom.course.submission(UNIT, bob.name).parent
    folder.mkdir(parents=True)
    (folder / "toy.ipynb").write_bytes(classroom.course.released(UNIT).read_bytes())
    said = grade_and_give_back(classroom)
    assert re.search(rf"{bob.name} did not come by the exchange", said)
    classroom.learn(ann, "fetch_feedback", UNIT)
    assert len(pages(ann)) == 1
    with Gradebook(f"sqlite:///{classroom.course.gradebook}") as gradebook:
        comment = gradebook.find_comment("toy-double-answer", "toy", UNIT, ann.name)
        comment.manual_comment = "Please come and see me."
        gradebook.db.commit()
    classroom.teach("generate_feedback", UNIT, "--force")
    classroom.teach("release_feedback", UNIT)
    classroom.learn(ann, "fetch_feedback", UNIT)
    assert len(pages(ann)) == 1
    assert "Please come and see me." in pages(ann)[0]
