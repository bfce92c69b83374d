"""Read the question files of a unit: references, named mistakes, points.

Question files are trusted code of the course's author and are loaded by path from `solutions/`,
which learners never get. Importing them imports torch, so this runs in the trusted reference
process only.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.core import quiz
from grader.core.errors import CourseError
from grader.core.names import CHALLENGE, is_question_id
from grader.core.question import FUNCTION, REPAIR, VALUE, Bars
from grader.referee.source_lines import line_of, line_of_entry, line_of_error, refuse

DEFAULT_SECONDS = {FUNCTION: 20.0, VALUE: 20.0, REPAIR: 120.0}
DEFAULT_CASES = {FUNCTION: 4, VALUE: 1, REPAIR: 0}
CHALLENGE_SECONDS = 20.0
MISTAKE = '("its-name", function, "The sentence that helps.")'
# What a repair has beside the names of every question, and what each shall be.
REPAIR_NAMES: dict[str, tuple[Any, str]] = {
    "DATA": (str, "the name of a folder in data/"),
    "LAYER": (str, 'the class of the layer that must stay, such as "RNN"'),
    "BARS": (dict, 'a dict such as {"train_below": 92.0, "val_at_least": 85.0}'),
    "DRAWS": (int, "how many data sets are drawn anew"),
    "PARAMETERS_AT_MOST": (int | None, "a number of weights, or None"),
    "baseline": (Callable, "a recipe f(train, val) -> model"),
}


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation, written in one way or more, with the sentence that helps."""

    name: str
    functions: tuple[Callable[..., Any], ...]
    message: str

    @property
    def function(self) -> Callable[..., Any]:
        """The first way of writing it."""
        return self.functions[0]


@dataclass(frozen=True)
class Question:
    """One question file. `module` gives what only its kind has (a repair's DATA, BARS, draws)."""

    id: str
    unit: str
    path: Path
    kind: str
    title: str
    points: float
    seconds: float
    cases: int
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    reference: Callable[..., Any]
    module: ModuleType


@dataclass(frozen=True)
class UnitBank:
    """All that `solutions/<unit>/` asks: its questions in file order and its quiz items."""

    name: str
    questions: dict[str, Question]
    items: dict[str, quiz.Item]

    @property
    def challenges(self) -> dict[str, quiz.Item]:
        """The items that earn a point each."""
        return {i.id: i for i in self.items.values() if i.kind == CHALLENGE}


def load_unit(folder: Path) -> UnitBank:
    """Load `solutions/<unit>`. Raises CourseError naming the file that is wrong."""
    paths = sorted((folder / "questions").glob("*.py"))
    questions = {path.stem: load_question(path, folder.name) for path in paths}
    items: dict[str, quiz.Item] = {}
    quiz_file = folder / "quiz.toml"
    if quiz_file.is_file():
        parsed = quiz.parse(quiz_file.read_text(encoding="utf-8"), str(quiz_file))
        items = {item.id: item for item in parsed}
    clash = sorted(set(questions) & set(items))
    if clash:
        message = f"{folder}: {clash[0]} is both a question file and a quiz item; rename one"
        raise CourseError(message)
    return UnitBank(folder.name, questions, items)


def load_question(path: Path, unit: str) -> Question:
    """Load one question file. Raises CourseError for whatever an author can get wrong."""
    if not is_question_id(path.stem):
        refuse(path, "name it like rnn-step.py; the stem becomes the question's id")
    module = _execute(path, unit)
    kind = _get(module, path, "KIND", str, f"one of {', '.join(DEFAULT_SECONDS)}")
    if kind not in DEFAULT_SECONDS:
        expected = f"KIND is {kind!r}; expected one of {', '.join(DEFAULT_SECONDS)}"
        refuse(path, expected, line_of(path, "KIND"))
    points = float(_get(module, path, "POINTS", int | float, "a number above 0"))
    if not 0 < points < math.inf:
        refuse(path, f"POINTS is {points:g}; expected more than 0", line_of(path, "POINTS"))
    if kind == REPAIR:
        _refuse_strange_rules(module, path)
    reference = _get(module, path, "reference", Callable, "a function")
    mistakes = _mistakes(module, path)
    if kind == VALUE:
        _refuse_arguments(path, reference, mistakes)
    for name in ("ALSO", "GRADIENTS"):
        if not isinstance(getattr(module, name, ()), list | tuple):
            told = f"{name} is {getattr(module, name)!r}; expected a list or a tuple"
            refuse(path, told, line_of(path, name))
    return Question(
        id=path.stem,
        unit=unit,
        path=path,
        kind=kind,
        title=_get(module, path, "TITLE", str, "a text"),
        points=points,
        seconds=float(_given(module, path, "SECONDS", int | float) or DEFAULT_SECONDS[kind]),
        cases=int(_given(module, path, "CASES", int) or DEFAULT_CASES[kind]),
        hints=_hints(module, path),
        mistakes=mistakes,
        reference=reference,
        module=module,
    )


def _execute(path: Path, unit: str) -> ModuleType:
    name = f"solutions_{unit}_{path.stem.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:  # only for names that are no Python file
        refuse(path, "it cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        said = error.msg if isinstance(error, SyntaxError) else error
        told = f"it cannot be run: {type(error).__name__}: {said}"
        line = line_of_error(path, error)
        message = f"{path}, line {line}: {told}" if line else f"{path}: {told}"
        raise CourseError(message) from error
    return module


def _refuse_strange_rules(module: ModuleType, path: Path) -> None:
    """Refuse a repair that lacks a rule, or has one that no judge knows."""
    for name, (types, expected) in REPAIR_NAMES.items():
        _get(module, path, name, types, expected)
    known = [field.name for field in fields(Bars)]
    strange = sorted(set(module.BARS) - set(known))
    if strange:
        told = f"BARS has {strange[0]!r}; expected some of {', '.join(known)}"
        refuse(path, told, line_of(path, "BARS"))
    if module.DRAWS < 1:
        told = f"DRAWS is {module.DRAWS}; expected how many data sets are drawn, 1 or more"
        refuse(path, told, line_of(path, "DRAWS"))


def _refuse_arguments(
    path: Path, reference: Callable[..., Any], mistakes: Sequence[Mistake]
) -> None:
    """Refuse functions of a value question that want something: the answer is one value."""
    told = "a value question's functions take nothing and give a value: def reference(): return 15"
    if signature(reference).parameters:
        refuse(path, told, line_of(path, "reference"))
    for place, mistake in enumerate(mistakes):
        if any(signature(function).parameters for function in mistake.functions):
            where = line_of_entry(path, "MISTAKES", place)
            refuse(path, f"mistake {mistake.name!r}: {told}", where)


def _given(module: ModuleType, path: Path, name: str, kind: Any) -> float | None:
    """A number above 0 that a question file may give; None where it gives none."""
    if not hasattr(module, name):
        return None
    value: float = _get(module, path, name, kind, "a number above 0")
    if not 0 < value < math.inf:
        refuse(path, f"{name} is {value:g}; expected a number above 0", line_of(path, name))
    return value


def _hints(module: ModuleType, path: Path) -> tuple[str, ...]:
    hints = _get(module, path, "HINTS", list, "a list of texts")
    for place, hint in enumerate(hints):
        if not isinstance(hint, str):
            told = f"hint {place + 1} is {hint!r}; expected a text"
            refuse(path, told, line_of_entry(path, "HINTS", place))
    return tuple(hints)


def _mistakes(module: ModuleType, path: Path) -> tuple[Mistake, ...]:
    found: dict[str, Mistake] = {}
    listed = _get(module, path, "MISTAKES", list, MISTAKE)
    for place, entry in enumerate(listed):
        problem = _problem_of(entry) or (
            f"another mistake has its name, {entry[0]!r}; give each its own"
            if entry[0] in found
            else ""
        )
        if problem:
            told = f"mistake {place + 1} of MISTAKES: {problem}"
            refuse(path, told, line_of_entry(path, "MISTAKES", place))
        name, made, message = entry
        found[name] = Mistake(name, tuple(made) if isinstance(made, list) else (made,), message)
    return tuple(found.values())


def _problem_of(entry: object) -> str:
    """What is wrong with an entry of MISTAKES; empty where nothing is."""
    if not isinstance(entry, tuple) or len(entry) != len(Mistake.__dataclass_fields__):
        parts = f" of {len(entry)}" if isinstance(entry, tuple) else ""
        return f"it is a {type(entry).__name__}{parts}; expected {MISTAKE}"
    name, made, message = entry
    if not isinstance(name, str) or not name:
        return f"its name is {name!r}; expected a text"
    if not all(map(callable, made if isinstance(made, list) and made else [made])):
        return f"{name!r} has {made!r} as its function; expected a function or a list of some"
    if not isinstance(message, str) or not message.strip():
        return f"{name!r} has {message!r} as its sentence; expected a text that helps"
    return ""


def _get(module: ModuleType, path: Path, name: str, kind: Any, expected: str) -> Any:
    if not hasattr(module, name):
        refuse(path, f"it has no {name}; expected {expected}. docs/authors.md shows a whole file")
    value = getattr(module, name)
    if not isinstance(value, kind) or isinstance(value, bool):
        refuse(path, f"{name} is {value!r}; expected {expected}", line_of(path, name))
    return value
