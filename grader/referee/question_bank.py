"""Read the question files of a unit: references, named mistakes, points.

Question files are trusted code of the course's author and are loaded by path from `solutions/`,
which learners never get. Importing them imports torch, so this runs in the trusted reference
process only.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.core import quiz
from grader.core.errors import CourseError
from grader.core.names import CHALLENGE, is_question_id
from grader.core.question import FUNCTION, REPAIR, VALUE

DEFAULT_SECONDS = {FUNCTION: 20.0, VALUE: 20.0, REPAIR: 120.0}
DEFAULT_CASES = {FUNCTION: 4, VALUE: 1, REPAIR: 0}
CHALLENGE_SECONDS = 20.0


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
        message = f"{path}: name it like rnn-step.py; the stem becomes the question's id"
        raise CourseError(message)
    module = _execute(path, unit)
    kind = _get(module, path, "KIND", str)
    if kind not in DEFAULT_SECONDS:
        message = f"{path}: KIND is {kind!r}; expected one of {', '.join(DEFAULT_SECONDS)}"
        raise CourseError(message)
    mistakes = tuple(
        Mistake(name, tuple(made) if isinstance(made, list) else (made,), message)
        for name, made, message in _get(module, path, "MISTAKES", list)
    )
    names = [mistake.name for mistake in mistakes]
    if len(set(names)) < len(names):
        message = f"{path}: two entries of MISTAKES share a name; give each its own"
        raise CourseError(message)
    return Question(
        id=path.stem,
        unit=unit,
        path=path,
        kind=kind,
        title=_get(module, path, "TITLE", str),
        points=float(_get(module, path, "POINTS", int | float)),
        seconds=float(getattr(module, "SECONDS", DEFAULT_SECONDS[kind])),
        cases=int(getattr(module, "CASES", DEFAULT_CASES[kind])),
        hints=tuple(_get(module, path, "HINTS", list)),
        mistakes=mistakes,
        reference=_get(module, path, "reference", Callable),
        module=module,
    )


def _execute(path: Path, unit: str) -> ModuleType:
    name = f"solutions_{unit}_{path.stem.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:  # only for names that are no Python file
        message = f"{path} cannot be loaded"
        raise CourseError(message)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        message = f"{path} cannot be run: {type(error).__name__}: {error}"
        raise CourseError(message) from error
    return module


def _get(module: ModuleType, path: Path, name: str, kind: Any) -> Any:
    value = getattr(module, name, None)
    if value is None or not isinstance(value, kind):
        message = f"{path}: {name} is {value!r}; every question file needs it"
        raise CourseError(message)
    return value
