"""Whether a page gives an answer away before its run shows it.

`solutions/spoilers.toml`, where there is one, names each place that asks for a guess or a finding:
where it is asked, which cell shows the answer, and the terms that would tell it. Everything a
learner may have seen by then is searched for them: text, code and the names in it, the titles of
pictures, the door with its replies, earlier predictions with their reasons, hints that stand above,
the choices in the lab's form; and what the cells printed, where `make minutes MEASURE=1` has left a
run in build/solved. Of a finding's own hints the last may tell it. A prediction is also searched
for by the text of its right choice, and for that it need not be declared.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from nbformat import NotebookNode

from grader.classroom.authoring.problems import Problem, line_with
from grader.classroom.authoring.solved_notebook import printed, released_cells
from grader.classroom.course_paths import Course
from grader.core.demonstrations import TAG
from grader.core.quiz import PREDICT
from grader.referee.question_bank import UnitBank

FILE = "spoilers.toml"
# A place in a lesson's text that asks for a guess has to be declared.
ASKS = re.compile(
    r"\b(Decide[,:;]|[Gg]uess (all|what|how|before)|Guess the (?!word)|Predict first|Say yes or no"
    r"|look (below|further))"
)
_HINT = re.compile(r'lab\.hint\("([a-z0-9-]+)"')
_FORM = re.compile(r'lab\.repair_lab\("([a-z0-9-]+)"')


@dataclass(frozen=True)
class Secret:
    """What must not be told between the top of a unit and the cell `shown`.

    `asked` is a prediction's id, or words of the text that asks; `shown` is code of the cell whose
    run answers (the next demonstration where empty); `finding` is the question whose hints, but
    for the last, must not tell it either.
    """

    unit: str
    asked: str
    terms: tuple[str, ...]
    shown: str = ""
    finding: str = ""


@dataclass(frozen=True)
class GivenAway:
    """A term of a secret, where it was found, and the words around it."""

    secret: Secret
    term: str
    place: str
    words: str


def declared(course: Course) -> list[Secret]:
    """All secrets that the course declares; none where it has no spoilers.toml."""
    path = course.solutions / FILE
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["secret"] if path.is_file() else []
    return [Secret(**{**table, "terms": tuple(table["terms"])}) for table in tables]


def given_away(
    secret: Secret,
    bank: UnitBank,
    cells: Sequence[NotebookNode],
    outputs: Mapping[str, str] = MappingProxyType({}),
) -> list[GivenAway]:
    """Every place that tells the secret too early; `outputs` is what cells printed, by their ids.

    Raises ValueError where it is nowhere asked.
    """
    item = bank.items.get(secret.asked)
    right = item.option(item.answer or "") if item else None
    found = []
    for place, text in _seen(secret, bank, cells, outputs):
        words = plain(text)
        terms = list(secret.terms)
        if right and place.removesuffix("-text") not in bank.items:  # its choices tell no more
            terms.append(re.escape(plain(right.text)))
        for term in terms:
            if match := re.search(term, words, re.IGNORECASE):
                around = words[max(0, match.start() - 30) : match.end() + 30]
                found.append(GivenAway(secret, term, place, around))
    return found


def plain(text: str) -> str:
    """Without Markdown's marks, on one line."""
    return " ".join(re.sub(r"[*`$]", "", text).split())


def _seen(
    secret: Secret, bank: UnitBank, cells: Sequence[NotebookNode], outputs: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Place and text of all that a learner may have seen before the answer is shown."""
    asked = _asked(secret, cells)
    end = _shown(secret, cells, asked)
    own = cells[asked].id if secret.asked in bank.items else ""
    for cell in cells[: end + 1]:
        if cell.id == own:
            continue
        yield cell.id, cell.source
        if cell.cell_type == "code":
            yield from _told_by(cell, bank, secret)
        if cell is not cells[end]:
            yield f"output of {cell.id}", outputs.get(cell.id, "")
    if secret.finding:
        hints = bank.questions[secret.finding].hints[:-1]
        yield from ((f"hint {n} of {secret.finding}", hint) for n, hint in enumerate(hints, 1))


def _told_by(cell: NotebookNode, bank: UnitBank, secret: Secret) -> Iterator[tuple[str, str]]:
    """What a cell that asks, helps or offers a form can tell when it is run."""
    if cell.id.endswith("-door"):
        for item in bank.items.values():
            if item.id.startswith(cell.id):
                wrong = [option.why for option in item.options if option.key != item.answer]
                yield item.id, " ".join([item.hint, *wrong])
    elif cell.id in bank.items and cell.id != secret.asked:
        item = bank.items[cell.id]
        whys = [option.why for option in item.options]
        yield item.id, " ".join([item.hint, item.explanation, *whys])
    for name in _HINT.findall(cell.source):
        if name != secret.finding:
            yield from ((f"hints of {name}", hint) for hint in bank.questions[name].hints)
    for name in _FORM.findall(cell.source):
        yield f"form of {name}", json.dumps(getattr(bank.questions[name].module, "LAB", {}))


def _asked(secret: Secret, cells: Sequence[NotebookNode]) -> int:
    ids = [cell.id for cell in cells]
    if f"{secret.asked}-text" in ids:
        return ids.index(f"{secret.asked}-text")
    found = [
        place
        for place, cell in enumerate(cells)
        if cell.cell_type == "markdown" and secret.asked in plain(cell.source)
    ]
    if len(found) != 1:
        message = f"{secret.unit}: {secret.asked!r} stands in {len(found)} cells, not in one"
        raise ValueError(message)
    return found[0]


def _shown(secret: Secret, cells: Sequence[NotebookNode], asked: int) -> int:
    for place in range(asked + 1, len(cells)):
        cell = cells[place]
        if cell.cell_type != "code":
            continue
        if secret.shown in cell.source if secret.shown else TAG in cell.metadata.get("tags", []):
            return place
    message = f"{secret.unit}: no cell below {secret.asked!r} holds {secret.shown!r}"
    raise ValueError(message)


def undeclared(
    secrets: Sequence[Secret], bank: UnitBank, cells: Sequence[NotebookNode]
) -> list[str]:
    """Places that ask for a guess and are not among the course's secrets."""
    known = [secret.asked for secret in secrets if secret.unit == bank.name]
    guesses = [item.id for item in bank.items.values() if item.kind == PREDICT]
    asking = [
        plain(cell.source)
        for cell in cells
        if cell.cell_type == "markdown"
        and ASKS.search(cell.source)
        and cell.id.startswith("markdown-")
    ]
    return [name for name in guesses if name not in known] + [
        text[-90:] for text in asking if not any(phrase in text for phrase in known)
    ]


def spoiler_problems(course: Course, bank: UnitBank) -> Iterator[Problem]:
    """Every place of a unit that tells an answer too early.

    Where the course has a spoilers.toml, each place that asks for a guess has to stand in it.
    """
    cells = released_cells(course, bank)
    lesson = course.solutions / bank.name / "lesson.py"
    secrets = declared(course)
    own = [secret for secret in secrets if secret.unit == bank.name]
    known = {secret.asked for secret in own}
    guesses = [item.id for item in bank.items.values() if item.kind == PREDICT]
    own += [Secret(bank.name, guess, ()) for guess in guesses if guess not in known]
    outputs = printed(course, bank.name)
    sources = {cell.id: cell.source for cell in cells}
    for secret in own:
        try:
            found = given_away(secret, bank, cells, outputs)
        except ValueError as error:
            yield Problem(str(error), lesson)
            continue
        for told in found:
            says = f"{secret.asked[:60]!r} is told too early, in {told.place}: …{told.words}…"
            first = sources.get(told.place, "").partition("\n")[0]
            yield Problem(says, lesson, line_with(lesson, first))
    if secrets:
        for text in undeclared(secrets, bank, cells):
            says = f"asks for a guess, and stands in no entry of {FILE}: …{text}"
            yield Problem(says, lesson)
