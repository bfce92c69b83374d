"""The catalogue of mistakes: where in the course each one is met, as docs/mistakes.md.

`solutions/mistakes.toml` names them and their places; here every place is looked up in the lessons,
quizzes and question files, so that a page which is written names only what exists. Called by
`grader mistakes`; loads the question files, so it runs where the course is trusted.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.classroom.course_paths import Course
from grader.classroom.publish.lesson_parser import ANSWER, CHALLENGE, CHECK, DOOR, QUIZ, read_lesson
from grader.core.errors import CourseError
from grader.core.names import series_id, stem
from grader.referee.question_bank import load_unit

FILE_NAME = "mistakes.toml"
CODE = "code"
_HEAD = """\
# Where each mistake is met

The mistakes that people make with recurrent networks, and the places of the course where they can
be made safely: as a mistake that a check knows by name, as an option or the code of a question, or
in a run that shows it beside the right thing. Written by `grader mistakes` (a part of `make
notebooks`) from `solutions/mistakes.toml`; a test follows every place. It tells answers: keep it
from learners.

| | mistake | where |
| ---: | :--- | :--- |
"""


@dataclass(frozen=True)
class MistakeLocation:
    """One place of a mistake: its unit, the heading above it, and what there is to be met."""

    unit: str
    heading: str
    what: str


@dataclass(frozen=True)
class CataloguedMistake:
    """One mistake of the catalogue with its sentence and its places."""

    number: int
    says: str
    places: tuple[MistakeLocation, ...]


def read_mistakes(course: Course) -> list[CataloguedMistake]:
    """The catalogue, every place looked up. Raises CourseError for one that does not exist."""
    path = course.solutions / FILE_NAME
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise CourseError(message) from error
    found = _places(course)
    return [_mistake(path, name, table, found) for name, table in tables.items()]


def write_page(course: Course) -> tuple[Path, bool]:
    """Write docs/mistakes.md; its path, and whether anything changed."""
    path = course.root / "docs" / "mistakes.md"
    text = page(read_mistakes(course))
    changed = not path.is_file() or path.read_text(encoding="utf-8") != text
    if changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path, changed


def page(mistakes: list[CataloguedMistake]) -> str:
    """The catalogue as a page: one row for each mistake."""
    rows = [f"| {m.number} | {m.says} | {'; '.join(map(_shown, m.places))} |\n" for m in mistakes]
    return _HEAD + "".join(rows)


def _shown(place: MistakeLocation) -> str:
    link = f"../notebooks/{place.unit}/{stem(place.unit)}.ipynb"
    where = f", *{place.heading}*" if place.heading else ""
    return f"[{place.unit}]({link}){where}: {place.what}"


def _mistake(
    path: Path, name: str, table: dict[str, object], found: dict[str, MistakeLocation]
) -> CataloguedMistake:
    says, places = table.get("says"), table.get("places")
    if not name.isdigit() or not isinstance(says, str) or not isinstance(places, list):
        _refuse(path, name, "needs a number as its name, `says` and `places`")
    if not places:
        _refuse(path, name, "has no place; every mistake of the catalogue is met somewhere")
    for place in places:
        if place not in found:
            _refuse(path, name, f"there is no place {place!r} in the course")
    return CataloguedMistake(int(name), says, tuple(found[place] for place in places))


def _refuse(path: Path, name: str, what: str) -> NoReturn:
    message = f"{path}: [{name}] {what}"
    raise CourseError(message)


def _places(course: Course) -> dict[str, MistakeLocation]:
    """Every place that the course offers, by the name that mistakes.toml gives it."""
    return {name: place for unit in course.units() for name, place in _of_unit(course, unit)}


def _of_unit(course: Course, unit: str) -> Iterator[tuple[str, MistakeLocation]]:
    bank = load_unit(course.solutions / unit)
    headings, titles = _headings(course, unit)
    for title, heading in titles.items():
        yield f"{unit}: {title}", MistakeLocation(unit, heading, f"a run ({title})")
    for question in bank.questions.values():
        for mistake in question.mistakes:
            what = f"`{question.id}` names it ({mistake.name})"
            yield (
                f"{question.id}: {mistake.name}",
                MistakeLocation(unit, headings[question.id], what),
            )
    for item in bank.items.values():
        heading = headings[item.shown_as]
        for option in item.options:
            place = MistakeLocation(unit, heading, f"`{item.id}`, option {option.key}")
            yield f"{item.id}: {option.key}", place
        if item.code:
            yield f"{item.id}: {CODE}", MistakeLocation(unit, heading, f"`{item.id}`, its code")


def _headings(course: Course, unit: str) -> tuple[dict[str, str], dict[str, str]]:
    """The heading above each question and quiz item, and above each cell that has a title."""
    heading = ""
    above: dict[str, str] = {}
    titles: dict[str, str] = {}
    for cell in read_lesson(course.solutions / unit / "lesson.py"):
        if cell.kind == "markdown":
            found = re.findall(r"^#+ (.+)$", cell.source, re.MULTILINE)
            heading = found[-1] if found else heading
        if cell.form in {ANSWER, CHECK, QUIZ, CHALLENGE}:
            above.setdefault(cell.name, heading)
        elif cell.form == DOOR:
            above[series_id(cell.name, DOOR)] = heading
        elif cell.title:
            if cell.title in titles:
                cell.refuse(f"the title {cell.title!r} was given before; titles name places")
            titles[cell.title] = heading
    return above, titles
