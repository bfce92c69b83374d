"""The catalogue of mistakes: what does not exist in the course is refused, by name."""

import pytest

from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.publish.mistakes_page import FILE_NAME, read_mistakes, write_page
from grader.core.errors import CourseError


def _catalogue(course: Course, *places: str, says: str = "Squared, not doubled.") -> None:
    text = f"[1]\nsays = {says!r}\nplaces = {list(places)!r}\n"
    (course.solutions / FILE_NAME).write_text(text)


def test_each_kind_of_place_is_found(course: Course) -> None:
    """A named mistake, an option, an item's code, a cell by its title."""
    lesson = course.solutions / "01_toy" / "lesson.py"
    text = lesson.read_text().replace(
        '# %% tags=["demonstration"]', '# %% two runs tags=["demonstration"]'
    )
    lesson.write_text(text)
    named = ("toy-double: squared", "toy-practice-1: a", "toy-practice-1: code", "01_toy: two runs")
    _catalogue(course, *named)
    path, changed = write_page(course)
    page = path.read_text()
    assert changed
    assert not write_page(course)[1]
    for words in ("names it (squared)", "option a", "its code", "a run (two runs)", "*A toy unit*"):
        assert words in page


@pytest.mark.parametrize("place", ["toy-double: cubed", "toy-practice-1: z", "01_toy: nothing"])
def test_a_place_that_does_not_exist_is_refused(course: Course, place: str) -> None:
    """A renamed mistake must not leave a page behind that leads nowhere."""
    _catalogue(course, place)
    with pytest.raises(CourseError, match="no place"):
        read_mistakes(course)


def test_a_mistake_without_a_place_is_refused(course: Course) -> None:
    """It would be in the catalogue and nowhere in the course."""
    _catalogue(course)
    with pytest.raises(CourseError, match="has no place"):
        read_mistakes(course)


def test_a_title_names_one_cell_only(course: Course) -> None:
    """Two cells of one title would be one place."""
    lesson = course.solutions / "01_toy" / "lesson.py"
    lesson.write_text(lesson.read_text() + "\n\n# %% twin\npass\n\n# %% twin\npass\n")
    _catalogue(course, "01_toy: twin")
    with pytest.raises(CourseError, match="given before"):
        read_mistakes(course)


def test_the_command_says_what_it_wrote(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course.root)
    assert main(["mistakes"]) == 2
    assert FILE_NAME in capsys.readouterr().err
    _catalogue(course, "toy-double: squared")
    assert main(["mistakes"]) == 0
    assert main(["mistakes"]) == 0
    assert capsys.readouterr().out == "docs/mistakes.md written\ndocs/mistakes.md unchanged\n"
