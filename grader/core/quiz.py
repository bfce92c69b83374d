"""Multiple-choice items: what `quiz.toml` holds and `unit.json` carries.

Practice, door and predict items earn no points; challenge items are worth one point each.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader.core.errors import CourseError
from grader.core.names import CHALLENGE, DOOR, is_question_id, series

PRACTICE, PREDICT = "practice", "predict"
KINDS = (PRACTICE, CHALLENGE, DOOR, PREDICT)
_BEGINS = re.compile(r"\s*\[\[\s*item\s*\]\]")
LEVELS = ("easy", "medium", "hard", "intermediate", "advanced", "expert")


@dataclass(frozen=True)
class Option:
    """One choice: its key ("a"), its text, and why it is right or which mistake leads to it."""

    key: str
    text: str
    why: str


@dataclass(frozen=True)
class Item:
    """One multiple-choice item. `answer` is None where the key was left out (a class hand-out)."""

    id: str
    kind: str
    level: str
    text: str
    options: tuple[Option, ...]
    answer: str | None
    hint: str
    explanation: str
    code: str = ""
    section: str = ""

    def option(self, key: str) -> Option | None:
        """The option with that key, or None."""
        return next((option for option in self.options if option.key == key), None)

    @property
    def shown_as(self) -> str:
        """The id of the cell that shows it: the items of a door share one."""
        return series(self.id) if self.kind == DOOR else self.id

    @property
    def title(self) -> str:
        """The end of its id as a heading: `text-trace-2` is "Trace 2"."""
        words = self.id.split("-")
        return " ".join(words[-2:] if words[-1].isdigit() else words[-1:]).capitalize()

    @property
    def question(self) -> str:
        """What is asked, in Markdown: the text and, below it, its code."""
        return f"{self.text}\n\n```python\n{self.code}\n```" if self.code else self.text

    def without_key(self) -> Item:
        """The item as a class gets it: no answer, no explanation, no whys."""
        options = tuple(replace(option, why="") for option in self.options)
        return replace(self, answer=None, explanation="", options=options)

    def to_json(self) -> dict[str, Any]:
        """The entry in `unit.json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Item:
        """Read what `to_json` wrote."""
        options = tuple(Option(**option) for option in data["options"])
        return cls(**{**data, "options": options})


def parse(text: str, source: str) -> tuple[Item, ...]:
    """Read the items of a `quiz.toml`; `source` is its name for error messages.

    Raises CourseError naming the item and what is wrong with it.
    """
    try:
        tables = tomllib.loads(text).get("item", [])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{source} is not valid TOML: {error}"
        raise CourseError(message) from error
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        message = f"{source}: items are tables; begin each with a line [[item]]"
        raise CourseError(message)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _BEGINS.match(line)]
    # tables may be written in another way, and then have no such line each
    places = lines if len(lines) == len(tables) else [0] * len(tables)
    found: dict[str, Item] = {}
    for table, line in zip(tables, places, strict=True):
        place = f"{source}, line {line}" if line else source
        item = _item(table, place)
        if item.id in found:
            message = f"{place}: the id {item.id!r} was given to an item above; use it once"
            raise CourseError(message)
        found[item.id] = item
    return tuple(found.values())


def _item(table: dict[str, Any], source: str) -> Item:
    name = table.get("id", "(an item without an id)")
    try:
        options = tuple(
            Option(key=o["key"], text=o["text"].strip(), why=o["why"].strip())
            for o in table["option"]
        )
        item = Item(
            id=table["id"],
            kind=table["kind"],
            level=table["level"],
            text=table["text"].strip(),
            options=options,
            answer=table["answer"],
            hint=table["hint"].strip(),
            explanation=table["explanation"].strip(),
            code=table.get("code", "").strip("\n"),
            section=table.get("section", "").strip(),
        )
        problem = _problem(item)
    except KeyError as error:
        message = f"{source}: item {name} has no {error.args[0]!r}; add it"
        raise CourseError(message) from error
    except (AttributeError, TypeError) as error:
        message = f"{source}: item {name}: texts are in quotes, options are tables [[item.option]]"
        raise CourseError(message) from error
    if problem:
        message = f"{source}: item {name}: {problem}"
        raise CourseError(message)
    return item


def _problem(item: Item) -> str | None:
    keys = [option.key for option in item.options]
    if not is_question_id(item.id):
        return "an id is lower-case words joined by hyphens, such as rnn-practice-1"
    if item.kind not in KINDS:
        return f"kind {item.kind!r} is none of {', '.join(KINDS)}"
    if item.level not in LEVELS:
        return f"level {item.level!r} is none of {', '.join(LEVELS)}"
    if keys != list("abcd"[: len(keys)]) or len(keys) < 3:
        return f"options must be a, b, c (and d) in this order, not {', '.join(keys) or 'none'}"
    if item.answer not in keys:
        return f"answer {item.answer!r} is none of its options {', '.join(keys)}"
    if not all(option.why for option in item.options):
        return "each option needs a `why`"
    if not item.hint or not item.explanation:
        return "hint and explanation must not be empty"
    return None
