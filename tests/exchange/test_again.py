"""A class that meets a second release, and a second class of the same course."""

import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.classroom.course_paths import Course
from tests.exchange.conftest import CLASS, UNIT, Classroom, Person
from tests.exchange.test_road import RIGHT, WRONG

EVENING = """
from pathlib import Path

from grader.classroom.nbgrader import configure

HERE = Path(__file__).parent
c = get_config()
configure(c, root=HERE.parent, classroom=HERE)
c.CourseDirectory.course_id = "evening"
c.Exchange.root = str(HERE.parent.parent / "exchange")
"""


def scores(course: Course) -> dict[str, float]:
    """Marks of each student in the course's gradebook."""
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        found = gradebook.find_assignment(UNIT).submissions
        return {submission.student.id: submission.score for submission in found}


def reworded(classroom: Classroom) -> None:
    """Change a sentence of the lesson and release it, as a teacher who found a slip does."""
    lesson = classroom.course.root / "solutions" / UNIT / "lesson.py"
    text = lesson.read_text(encoding="utf-8")
    assert "Doubling, for tests." in text
    lesson.write_text(text.replace("for tests", "for a test", 1), encoding="utf-8")
    classroom.teacher.run("grader", "release", UNIT, cwd=classroom.course.root)


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_unit_released_again_reaches_who_fetches_again_and_costs_nobody(
    classroom: Classroom,
) -> None:
    ann, bob = classroom.learners
    classroom.teach("release_assignment", UNIT)
    for learner in (ann, bob):
        classroom.learn(learner, "fetch_assignment", UNIT)
        classroom.answer(learner, RIGHT)
    reworded(classroom)
    given = classroom.exchange / CLASS / "outbound" / UNIT / "toy.ipynb"
    before = given.read_bytes()
    # stock nbgrader: what is released stays until --force says otherwise
    classroom.teach("release_assignment", UNIT, expect=1)
    assert given.read_bytes() == before
    classroom.teach("release_assignment", UNIT, "--force")
    assert given.read_bytes() == classroom.course.released(UNIT).read_bytes() != before

    # ann goes on in the copy that she has; bob moves his away and fetches again
    mine = (ann.home / UNIT / "toy.ipynb").read_bytes()
    classroom.learn(ann, "fetch_assignment", UNIT, "--replace")
    assert (ann.home / UNIT / "toy.ipynb").read_bytes() == mine
    (bob.home / UNIT).rename(bob.home / "before")
    classroom.learn(bob, "fetch_assignment", UNIT)
    assert (bob.home / UNIT / "toy.ipynb").read_bytes() == given.read_bytes()
    classroom.answer(bob, WRONG)
    for learner in (ann, bob):
        classroom.learn(learner, "submit", UNIT)
    classroom.teach("collect", UNIT)
    classroom.teach("autograde", UNIT)
    assert scores(classroom.course) == {ann.name: 2.0, bob.name: 0.0}


@pytest.mark.slow
@pytest.mark.sandbox
def test_two_classes_of_one_course_share_its_lessons_and_nothing_else(
    classroom: Classroom,
) -> None:
    day = classroom.course
    evening = Course(day.root, day.root / "evening")
    evening.classroom.mkdir()
    (evening.classroom / "nbgrader_config.py").write_text(EVENING, encoding="utf-8")

    def teach(verb: str, *words: str) -> str:
        return classroom.teacher.run("nbgrader", verb, *words, cwd=evening.classroom)

    def learn(learner: Person, verb: str, *words: str) -> str:
        where = [f"--Exchange.root={classroom.exchange}", "--course=evening"]
        return learner.run("nbgrader", verb, *words, *where)

    ann, bob = classroom.learners
    classroom.teach("release_assignment", UNIT)
    teach("release_assignment", UNIT)
    classroom.learn(ann, "fetch_assignment", UNIT)
    learn(bob, "fetch_assignment", UNIT)
    classroom.answer(ann, RIGHT)
    classroom.answer(bob, WRONG)
    classroom.learn(ann, "submit", UNIT)
    learn(bob, "submit", UNIT)
    classroom.teach("collect", UNIT)
    teach("collect", UNIT)
    # one class by nbgrader's command, the other by ours, in its own folder
    classroom.teach("autograde", UNIT)
    classroom.teacher.run("grader", "grade", UNIT, cwd=evening.classroom)
    assert scores(day) == {ann.name: 2.0}
    assert scores(evening) == {bob.name: 0.0}
    assert not (day.submitted / bob.name).exists()
    assert not (evening.submitted / ann.name).exists()
    teach("generate_feedback", UNIT)
    teach("release_feedback", UNIT)
    learn(bob, "fetch_feedback", UNIT)
    page = next((bob.home / UNIT / "feedback").glob("*/toy.html")).read_text(encoding="utf-8")
    assert "twice x is x + x" in page
    secrets = [
        {p.read_bytes() for p in course.classroom.glob("*secret*") if p.is_file()}
        for course in (day, evening)
    ]
    assert not secrets[0] & secrets[1]
    shutil.rmtree(evening.classroom)
    assert nbformat.read(day.released(UNIT), as_version=4).cells
