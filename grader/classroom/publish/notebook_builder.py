"""Turn a lesson's cells into the notebook that nbgrader takes as its source.

Writes nbgrader's metadata, gives every cell a name that is the same on every build, and refuses a
lesson that does not fit its questions. Called by `publish.releasing`; imports nothing of nbgrader.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.classroom.publish.cell_syntax import refuse_syntax_errors
from grader.classroom.publish.item_cells import door_text, item_text
from grader.classroom.publish.lesson_parser import (
    ANSWER,
    CHALLENGE,
    CHECK,
    DOOR,
    EXPLAIN,
    QUIZ,
    LessonCell,
)
from grader.core import names, quiz
from grader.core.names import answer_cell, is_question_id, number, series, series_id
from grader.referee.question_bank import UnitBank

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# A fixed header: an author's own kernel must not leave a trace in a released file.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
_SCHEMA = {"schema_version": 3, "task": False}
_CHALLENGE_POINTS = 1


def expand(cells: list[LessonCell], bank: UnitBank) -> NotebookNode:
    """The source notebook of a unit. Raises CourseError naming the line that is wrong."""
    writer = _Writer(bank)
    made = [cell for lesson_cell in cells for cell in writer.write(lesson_cell)]
    writer.refuse_leftovers(cells[-1])
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": METADATA, "cells": made}
    return nbformat.from_dict(content)  # type: ignore[no-any-return]


class _Writer:
    """Writes one lesson; remembers the names it gave and the questions it has met."""

    def __init__(self, bank: UnitBank) -> None:
        self.bank = bank
        self.counts: Counter[str] = Counter()
        self.lines: dict[str, int] = {}

    def write(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        """The notebook cells that one cell of the lesson becomes."""
        if cell.form and not cell.name:
            cell.refuse(f'{cell.form}="" names nothing')
        if cell.form != ANSWER and (BEGIN in cell.source or END in cell.source):
            cell.refuse(f'a solution stands outside of an answer cell; use `# %% {ANSWER}="…"`')
        if cell.kind == "code":
            refuse_syntax_errors(cell)
        writers = {
            ANSWER: self._answer,
            CHECK: self._check,
            EXPLAIN: self._explain,
            QUIZ: self._quiz,
            CHALLENGE: self._challenge,
            DOOR: self._door,
        }
        return writers.get(cell.form, self._given)(cell)

    def refuse_leftovers(self, last: LessonCell) -> None:
        """Refuse questions and quiz items that no cell of the lesson shows."""
        for question in self.bank.questions:
            for form, name in ((ANSWER, answer_cell(question)), (CHECK, question)):
                if name not in self.lines:
                    last.refuse(f'question {question} has no cell `# %% {form}="{question}"`')
        for item in self.bank.items.values():
            if item.shown_as not in self.lines:
                form = {names.CHALLENGE: CHALLENGE, names.DOOR: DOOR}.get(item.kind, QUIZ)
                last.refuse(f"quiz item {item.id} is never shown; add a `# %% {form}=…` cell")

    def _given(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        if "scratch" in cell.tags:
            yield _cell(cell.kind, self._numbered("scratch"), cell.source, cell.options)
            return
        name = self._numbered(cell.kind)
        yield _graded(cell.kind, name, cell.source, options=cell.options)

    def _answer(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        self._refuse_unknown(cell)
        if _marks(cell.source) != [BEGIN, END]:
            cell.refuse(f"an answer cell has one line `{BEGIN}` and, below it, one `{END}`")
        name = self._named(cell, answer_cell(cell.name))
        yield _graded("code", name, cell.source, solution=True, options=cell.options)

    def _check(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        self._refuse_unknown(cell)
        if answer_cell(cell.name) not in self.lines:
            cell.refuse(f"the answer cell of {cell.name} must stand above its check")
        if f'check("{cell.name}"' not in cell.source:
            cell.refuse(f'a check cell calls lab.check("{cell.name}", …)')
        points = self.bank.questions[cell.name].points
        name = self._named(cell, cell.name)
        yield _graded("code", name, cell.source, points=points, options=cell.options)

    def _explain(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        if cell.kind != "markdown":
            cell.refuse(f'an explanation is text: `# %% [markdown] {EXPLAIN}="{cell.name}"`')
        name = self._named(cell, cell.name)
        yield _graded("markdown", name, cell.source, solution=True, points=0)

    def _quiz(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        item = self._item(cell, (quiz.PRACTICE, quiz.PREDICT))
        name = self._named(cell, item.id)
        yield _graded("markdown", f"{name}-text", item_text(item))
        yield _cell("code", name, f'lab.answer("{name}", "")', {})

    def _challenge(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        item = self._item(cell, (names.CHALLENGE,))
        name = self._named(cell, item.id)
        variable = name.replace("-", "_")
        keys = ", ".join(f'"{option.key}"' for option in item.options[:-1])
        stub = f'{variable} = ""  # {keys} or "{item.options[-1].key}"'
        answer = f'{stub}\n{BEGIN}\n{variable} = "{item.answer}"\n{END}'
        check = f'lab.check("{name}", {variable})'
        yield _graded("markdown", f"{name}-text", item_text(item))
        yield _graded("code", answer_cell(name), answer, solution=True)
        yield _graded("code", name, check, points=_CHALLENGE_POINTS)

    def _door(self, cell: LessonCell) -> Iterator[dict[str, Any]]:
        prefix = series_id(cell.name, names.DOOR)
        found = [i for i in self.bank.items.values() if series(i.id) == prefix]
        if not found:
            cell.refuse(_no_partner(cell, f"an item {prefix}-1 in quiz.toml"))
        name = self._named(cell, prefix)
        yield _graded(
            "markdown", f"{name}-text", door_text(sorted(found, key=lambda item: number(item.id)))
        )
        yield _cell("code", name, f'lab.door("{cell.name}", "")', {})

    def _item(self, cell: LessonCell, kinds: tuple[str, ...]) -> quiz.Item:
        item = self.bank.items.get(cell.name)
        if item is None:
            cell.refuse(_no_partner(cell, "an item in quiz.toml"))
        if item.kind not in kinds:
            cell.refuse(f"{item.id} is of kind {item.kind}; a {cell.form} cell shows {kinds[0]}")
        if cell.source.strip():
            cell.refuse(f"the cell of {item.id} stays empty: its text comes from quiz.toml")
        return item

    def _refuse_unknown(self, cell: LessonCell) -> None:
        if cell.name not in self.bank.questions:
            cell.refuse(_no_partner(cell, f"a file questions/{cell.name}.py"))

    def _named(self, cell: LessonCell, name: str) -> str:
        if not is_question_id(name):
            cell.refuse(f"{name!r} is no id; ids are lower-case words joined by hyphens")
        if name in self.lines:
            cell.refuse(f"{cell.name} was given before, in line {self.lines[name]}; use it once")
        self.lines[name] = cell.line
        return name

    def _numbered(self, kind: str) -> str:
        self.counts[kind] += 1
        return f"{kind}-{self.counts[kind]}"


def _no_partner(cell: LessonCell, partner: str) -> str:
    return f'{cell.form}="{cell.name}" has no partner: there is not {partner}'


def _marks(source: str) -> list[str]:
    return re.findall(f"^ *({BEGIN}|{END}) *$", source, re.MULTILINE)


def _graded(
    kind: str,
    name: str,
    source: str,
    *,
    solution: bool = False,
    points: float | None = None,
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A cell that nbgrader knows: locked, unless it is a solution; worth points, if it has any."""
    grading: dict[str, Any] = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
        "solution": solution,
        **_SCHEMA,
    }
    if points is not None:
        grading["points"] = int(points) if float(points).is_integer() else points
    return _cell(kind, name, source, {**(options or {}), "nbgrader": grading})


def _cell(kind: str, name: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
