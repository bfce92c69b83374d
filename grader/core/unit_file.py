"""`unit.json`: all that a learner's notebook needs to check itself offline, beside the notebook.

Written by `grader release`, read by `lab`. It holds visible cases only.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.core.errors import SetupError
from grader.core.names import CHALLENGE
from grader.core.question import ChoiceQuestion, PreparedQuestion, question_from_json
from grader.core.quiz import Item

FILE_NAME = "unit.json"
SCHEMA = 1


@dataclass(frozen=True)
class Unit:
    """One released unit; `hints` and `scaffolds` (digests of sources) are by question id.

    `given` are the sources of the locked code cells by cell id: what a class runs of them.
    `data` has the checksums of each data set that the notebook loads, by file name.
    """

    name: str
    release: str
    questions: dict[str, PreparedQuestion]
    hints: dict[str, tuple[str, ...]]
    scaffolds: dict[str, str]
    quiz: dict[str, Item]
    given: dict[str, str] = field(default_factory=dict)
    data: dict[str, dict[str, str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The content of `unit.json`."""
        return {
            "schema": SCHEMA,
            "unit": self.name,
            "release": self.release,
            "questions": {
                name: {
                    **question.to_json(),
                    "hints": list(self.hints.get(name, ())),
                    "scaffold": self.scaffolds.get(name, ""),
                }
                for name, question in self.questions.items()
            },
            "quiz": {name: item.to_json() for name, item in self.quiz.items()},
            "given": self.given,
            "data": self.data,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Unit:
        """Read what `to_json` wrote."""
        questions = data["questions"]
        return cls(
            name=data["unit"],
            release=data["release"],
            questions={name: question_from_json(q) for name, q in questions.items()},
            hints={name: tuple(q["hints"]) for name, q in questions.items()},
            scaffolds={name: q["scaffold"] for name, q in questions.items()},
            quiz={name: Item.from_json(item) for name, item in data["quiz"].items()},
            given={name: str(source) for name, source in data.get("given", {}).items()},
            data={name: dict(files) for name, files in data.get("data", {}).items()},
        )

    def without_keys(self) -> Unit:
        """The unit as a class and a graded run get it: a challenge has no key, no whys."""
        return replace(
            self,
            questions={name: _unkeyed(question) for name, question in self.questions.items()},
            quiz={
                name: item.without_key() if item.kind == CHALLENGE else item
                for name, item in self.quiz.items()
            },
        )

    def dumps(self) -> str:
        """The bytes-stable text of `unit.json`.

        Keys are not sorted: a case's inputs are handed to the learner's function in their order.
        """
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"


def _unkeyed(question: PreparedQuestion) -> PreparedQuestion:
    if not isinstance(question, ChoiceQuestion):
        return question
    return replace(question, right=None, whys=dict.fromkeys(question.whys, ""))


def digest(source: str) -> str:
    """The fingerprint of a cell's source; white space at line ends and both ends does not count."""
    lines = [line.rstrip() for line in source.strip().splitlines()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load(path: Path) -> Unit:
    """Read a `unit.json`. Raises SetupError where it cannot be used, and says what to do."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            message = (
                f"{path} was made for another version of this course (schema {data['schema']}, "
                f"this one reads {SCHEMA}). Install the version that came with your notebooks."
            )
            raise SetupError(message)
        return Unit.from_json(data)
    except (
        *(OSError, ValueError, KeyError, TypeError, AttributeError),
        *(OverflowError, RecursionError),  # numbers and brackets of a size that nobody wrote
    ) as error:
        message = (
            f"{path} cannot be read ({type(error).__name__}: {error}). "
            "Copy the unit's folder from notebooks/ again; your notebook need not change."
        )
        raise SetupError(message) from error


def find(start: Path) -> Unit:
    """Read the `unit.json` of the folder `start`, where a notebook's kernel runs."""
    path = start / FILE_NAME
    if not path.is_file():
        message = (
            f"There is no {FILE_NAME} beside this notebook, which holds its checks. Open it in its "
            f"own unit's folder (such as my-work/01_rnn). The folder here is {start}."
        )
        raise SetupError(message)
    return load(path)
