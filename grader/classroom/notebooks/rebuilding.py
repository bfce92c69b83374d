"""Rebuild what a learner handed in on the released notebook.

`read_submission` (classroom.reading) makes a plain notebook of the file, `match` says which cells
are which, and `rebuild` puts the learner's into the release. Nothing of the learner's is run or
trusted. Called where a class is planned, by nbgrader's sanitising step, and by `grader one`.
"""

import json
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.classroom.notebooks.cell_kinds import is_answer, is_fixed, question_of
from grader.classroom.notebooks.cell_matching import match
from grader.classroom.notebooks.parsing import LARGEST_FILE, MOST_CELLS, read_submission
from grader.core.name_bindings import read_bindings
from grader.core.unit_file import digest

__all__ = ["LARGEST_FILE", "MOST_CELLS", "is_answer", "is_fixed", "question_of", "read_submission"]

OURS, REPLACED, NAMESAKES, RETYPED = "grader", "replaced", "namesakes", "retyped"
_MOST_NAMES = 50
MISSING_NOTE = "# This cell was missing from the submission."


def rebuild(
    master: NotebookNode, submission: NotebookNode, released: NotebookNode | None = None
) -> NotebookNode:
    """Put the learner's answers into a copy of the released notebook `master`.

    - Every locked cell is the master's; cells stand in the master's order with its metadata. Where
      the learner changed one, `metadata.grader.replaced` names it and what it would have bound.
    - An answer cell takes the learner's source. `match` says which cells are which.
    - Of several copies of an answer cell the first that is neither empty nor untouched stands in
      its place. Later ones that say something else run after it, as they did for the learner (a
      cell that was split in JupyterLab leaves two such halves).
    - A deleted answer cell is put back empty, so that a definition elsewhere still counts.
    - Free cells of the master (quiz answers, scratch cells) that the learner deleted stay deleted.
    - The learner's own cells, changed copies of given ones too, follow the known cell that they
      followed in the submission.

    `released` is what learners got, where the master holds more (hidden tests): the same cells in
    the same order, by which those of the submission are known.
    """
    found = match((released or master).cells, submission.cells)
    answers: dict[int, NotebookNode] = {}
    own: dict[int, list[NotebookNode]] = {}
    anchor = -1
    for cell, index in zip(submission.cells, found.places, strict=True):
        if index is None:
            own.setdefault(anchor, []).append(cell)
            continue
        anchor = index
        given, held = master.cells[index], answers.get(index)
        if is_fixed(given):
            continue
        if _is_better(cell, held, given):
            answers[index] = cell
        elif held is not None and cell.source != held.source and _says_something(cell, given):
            own.setdefault(index, []).append(cell)
    made = nbformat.from_dict({**master, "cells": _merged(master, answers, own)})
    replaced = {
        master.cells[index].id: _bound(submission.cells[place], (released or master).cells[index])
        for index, place in found.edited.items()
    }
    namesakes = sorted(master.cells[index].id for index in found.namesakes)
    retyped = [
        master.cells[index].id
        for index, cell in sorted(answers.items())
        if is_answer(master.cells[index]) and cell.cell_type != master.cells[index].cell_type
    ]
    found_notes = ((REPLACED, replaced), (NAMESAKES, namesakes), (RETYPED, retyped))
    notes = {name: note for name, note in found_notes if note}
    if notes:
        made.metadata = {**made.metadata, OURS: {**made.metadata.get(OURS, {}), **notes}}
    return made  # type: ignore[no-any-return]


def replaced_cells(notebook: NotebookNode) -> dict[str, list[str]]:
    """The locked cells that the learner had changed: what each bound that the released does not."""
    return dict(notebook.metadata.get(OURS, {}).get(REPLACED, {}))


def namesakes(notebook: NotebookNode) -> list[str]:
    """The locked cells whose name a cell of the learner's own carries, which says other things."""
    return list(notebook.metadata.get(OURS, {}).get(NAMESAKES, []))


def retyped(notebook: NotebookNode) -> list[str]:
    """The answer cells that had become another kind of cell, such as text."""
    return list(notebook.metadata.get(OURS, {}).get(RETYPED, []))


def names_of(notebook: NotebookNode) -> set[str]:
    """The grade_ids and cell ids by which a notebook can be known."""
    grade_ids = {c.metadata.get("nbgrader", {}).get("grade_id", "") for c in notebook.cells}
    return (grade_ids | {cell.id for cell in notebook.cells}) - {""}


def question_cells(notebook: NotebookNode) -> set[str]:
    """The ids of a release's answer and check cells."""
    return {cell.id for cell in notebook.cells if is_answer(cell) or question_of(cell)}


def learner_cells(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    """What the learner wrote in a rebuilt notebook: (id, type, source) of each cell not fixed."""
    return [(c.id, c.cell_type, c.source) for c in notebook.cells if not is_fixed(c)]


def dumps(notebook: NotebookNode) -> bytes:
    """The notebook as a file: the same bytes for the same notebook, ending in a line feed."""
    text: str = nbformat.v4.writes(notebook)
    return (text.rstrip("\n") + "\n").encode()


def packed(notebook: NotebookNode) -> bytes:
    """The notebook as bytes that only we read: the same ones for the same notebook.

    A file is indented, for people and for diffs; Python's encoder is ten times slower then.
    """
    return json.dumps(notebook, ensure_ascii=False, sort_keys=True).encode()


def loads(data: bytes) -> NotebookNode:
    """Read a notebook that we wrote, packed or as a file, unchecked. Raises ValueError for others.

    nbformat's own reader and writer hold the whole notebook against a schema each time, which takes
    longer than all else that happens to a notebook between a submission and its result.
    """
    return nbformat.v4.reads(data.decode())  # type: ignore[no-any-return]


def _is_better(candidate: NotebookNode, held: NotebookNode | None, released: NotebookNode) -> bool:
    """True where `candidate` shall replace `held`: the first answer that says something is kept."""
    if held is None:
        return True
    return not _says_something(held, released) and _says_something(candidate, released)


def _says_something(cell: NotebookNode, released: NotebookNode) -> bool:
    return bool(cell.source.strip()) and digest(cell.source) != digest(released.source)


def _bound(changed: NotebookNode, released: NotebookNode) -> list[str]:
    """The names that a changed cell bound and the released one does not."""
    now, before = read_bindings(changed.source), read_bindings(released.source)
    return sorted(now.binds - before.binds)[:_MOST_NAMES]


def _merged(
    master: NotebookNode, answers: dict[int, NotebookNode], own: dict[int, list[NotebookNode]]
) -> list[dict[str, Any]]:
    numbers: Iterator[int] = iter(range(1, MOST_CELLS + 2))
    cells = [_own(cell, next(numbers)) for cell in own.get(-1, [])]
    for index, given in enumerate(master.cells):
        cell = _placed(given, answers.get(index))
        if cell is not None:
            cells.append(cell)
        cells.extend(_own(extra, next(numbers)) for extra in own.get(index, []))
    return cells


def _placed(given: NotebookNode, answer: NotebookNode | None) -> dict[str, Any] | None:
    if is_fixed(given):
        return dict(given)
    if answer is not None:
        pasted = {"attachments": answer.attachments} if "attachments" in answer else {}
        return {**given, "source": answer.source, **pasted}
    if not is_answer(given):
        return None
    return {**given, "source": MISSING_NOTE if given.cell_type == "code" else given.source}


def _own(cell: NotebookNode, number: int) -> dict[str, Any]:
    return {**cell, "id": f"own-{number}", "metadata": {}}
