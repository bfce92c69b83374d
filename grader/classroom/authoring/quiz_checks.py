"""Quiz items: own words for each option, keys without a pattern, links that lead somewhere."""

import re
from collections import Counter
from collections.abc import Iterator

from grader.classroom.authoring.problems import Problem, line_with
from grader.classroom.authoring.question_checks import judged
from grader.classroom.course_paths import Course
from grader.classroom.publish.lesson_parser import read_lesson
from grader.core.names import CHALLENGE, DOOR
from grader.core.quiz import PRACTICE, PREDICT, Item
from grader.core.verdicts import Outcome
from grader.referee.preparation import prepare_item
from grader.referee.question_bank import UnitBank

# Fewer letters than these are no pattern yet.
_SERIES = 4


def quiz_problems(course: Course, bank: UnitBank) -> Iterator[Problem]:
    """Whatever is wrong with a unit's quiz items and with the links in its lesson."""
    path = course.solutions / bank.name / "quiz.toml"
    for item in bank.items.values():
        line = line_with(path, f'"{item.id}"')
        yield from (Problem(f"{item.id}: {told}", path, line) for told in _wrong_with(item))
    for kind in (PRACTICE, CHALLENGE, DOOR):
        keys = Counter(item.answer for item in bank.items.values() if item.kind == kind)
        letter, most = keys.most_common(1)[0] if keys else ("", 0)
        if keys.total() >= _SERIES and most > keys.total() // 2:
            told = (
                f"{most} of {keys.total()} {kind} items have the answer {letter}; mix the letters"
            )
            yield Problem(told, path)
    yield from _predictions(course, bank)
    yield from _links(course, bank)


def _wrong_with(item: Item) -> Iterator[str]:
    for name, texts in (
        ("text", [option.text for option in item.options]),
        ("reason", [option.why for option in item.options]),
    ):
        twice = next((text for text in texts if texts.count(text) > 1), "")
        if twice:
            yield f"two options have the same {name}, {twice[:40]!r}"
    if item.kind == CHALLENGE:
        for option in item.options:
            outcome = judged(prepare_item(item), option.key).outcome
            if (outcome is Outcome.PASSED) != (option.key == item.answer):
                yield f"the letter {option.key} is judged as {outcome.value}"
    if item.kind == DOOR and not item.section:
        yield "a wrong answer at the door leads nowhere; name the `section` to read"


def _predictions(course: Course, bank: UnitBank) -> Iterator[Problem]:
    """Each prediction that a page asks for has a cell below it that reveals it."""
    path = course.solutions / bank.name / "lesson.py"
    asked: set[str] = set()
    open_ones: dict[str, int] = {}
    for cell in read_lesson(path):
        for name in re.findall(r"lab\.reveal\(\s*[\"']([^\"']*)", cell.source):
            open_ones.pop(name, None)
            if name not in asked:
                told = f"lab.reveal({name!r}) stands above its prediction, or there is none"
                yield Problem(told, path, line_with(path, f"reveal({name!r}".replace("'", '"')))
        item = bank.items.get(cell.name)
        if item is not None and item.kind == PREDICT:
            asked.add(cell.name)
            open_ones[cell.name] = cell.line
    for name, line in open_ones.items():
        told = f"{name}: no cell below says what happened; end the one that shows it with "
        yield Problem(f'{told}lab.reveal("{name}")', path, line)


def _links(course: Course, bank: UnitBank) -> Iterator[Problem]:
    """JupyterLab's anchors are headings with hyphens in the place of blanks."""
    folder = course.solutions / bank.name
    cells = read_lesson(folder / "lesson.py")
    words = "\n".join(cell.source for cell in cells if cell.kind == "markdown")
    anchors = {name.replace(" ", "-") for name in re.findall(r"^#+ (.+)$", words, re.MULTILINE)}
    for item in bank.items.values():
        if item.section and item.section not in anchors:
            path = folder / "quiz.toml"
            told = f"{item.id}: no heading of the lesson is the section {item.section!r}"
            yield Problem(told, path, line_with(path, f'"{item.id}"'))
    for target in re.findall(r"\]\(#([^)]+)\)", words):
        if target not in anchors:
            path = folder / "lesson.py"
            told = f"a link leads to #{target}, and no heading is that"
            yield Problem(told, path, line_with(path, f"(#{target})"))
