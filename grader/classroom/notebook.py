"""Read what a learner handed in, and rebuild it on the released notebook.

A submission is bytes from a stranger. `read_submission` takes four things of each cell (type,
source, id, grade_id) and drops the rest; `rebuild` puts the learner's answers into the released
notebook. Neither ever runs, renders or trusts anything of the learner's. Called where a class is
planned, by nbgrader's sanitising step, and by `grader one`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import nbformat
from nbformat import NotebookNode

from grader.core.errors import SubmissionError
from grader.core.unit import digest

LARGEST_FILE = 20 * 1024 * 1024
MOST_CELLS = 2000
CELL_TYPES = ("code", "markdown", "raw")
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_AGAIN = "Open the notebook in JupyterLab, save it, and hand in that .ipynb file again"
# What is handed in by mistake most often, by its first bytes.
_OTHERS = {
    b"PK": "an archive (zip) or an office document",
    b"%PDF": "a PDF",
    b"<": "a web page (HTML)",
    b"\x1f\x8b": "an archive (gzip)",
    b"\x89PNG": "a picture",
}
# Lines of their own, which JSON cannot have: in a cell's text they stand between quotes.
_CONFLICT = re.compile(rb"^<{7}( |\r?$)", re.MULTILINE)
MISSING_NOTE = "# This cell was missing from the submission."


def read_submission(data: bytes) -> NotebookNode:
    """Read a submitted notebook file.

    Gives a notebook of format 4.5 whose cells carry only type, source, id (a made-up one where it
    is missing or was used before) and `metadata.nbgrader.grade_id` (where there was one). Raises
    SubmissionError with one sentence.
    """
    if len(data) > LARGEST_FILE:
        megabytes = len(data) / 1024 / 1024
        _refuse(
            f"is {megabytes:.0f} MB large; at most {LARGEST_FILE // 1024 // 1024} MB are read. "
            "Clear the outputs (Edit > Clear Outputs of All Cells), save, and hand it in again"
        )
    content = _upgraded(_parsed(data))
    cells = content.get("cells")
    if not isinstance(cells, list):
        _refuse(f"is JSON but not a Jupyter notebook: it has no list of cells. {_AGAIN}")
    if len(cells) > MOST_CELLS:
        _refuse(
            f"has {len(cells)} cells; at most {MOST_CELLS} are read. Delete the cells that a "
            "program has added, save, and hand it in again"
        )
    plain = [_plain_cell(cell, number) for number, cell in enumerate(cells, start=1)]
    return _notebook(_with_own_ids(plain))


def rebuild(master: NotebookNode, submission: NotebookNode) -> NotebookNode:
    """Put the learner's answers into a copy of the released notebook `master`.

    - Every locked cell is the master's; cells stand in the master's order with its metadata.
    - An answer cell takes the learner's source: found by grade_id, else by id, else by its text.
    - Of several copies of an answer cell the first that is neither empty nor untouched stands in
      its place. Later ones that say something else run after it, as they did for the learner (a
      cell that was split in JupyterLab leaves two such halves).
    - A deleted answer cell is put back empty, so that a definition elsewhere still counts.
    - Free cells of the master (quiz answers, scratch cells) that the learner deleted stay deleted.
    - The learner's own cells follow the known cell that they followed in the submission.
    """
    places = _Places.of(master)
    answers: dict[int, str] = {}
    own: dict[int, list[NotebookNode]] = {}
    anchor = -1
    for cell in submission.cells:
        index = places.find(cell)
        if index is None:
            own.setdefault(anchor, []).append(cell)
            continue
        anchor = index
        given, held = master.cells[index], answers.get(index)
        if _is_better(cell.source, held, given.source):
            answers[index] = cell.source
        elif (
            not is_fixed(given)
            and cell.source != held
            and _says_something(cell.source, given.source)
        ):
            own.setdefault(index, []).append(cell)
    return _node({**master, "cells": _merged(master, answers, own)})


def is_answer(cell: NotebookNode) -> bool:
    """True for cells that the learner fills in and that count: nbgrader's solution cells."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_fixed(cell: NotebookNode) -> bool:
    """True for cells that only the course may change: prose, given code, checks."""
    return "nbgrader" in cell.metadata and not is_answer(cell)


def question_of(cell: NotebookNode) -> str | None:
    """The question id of a check cell, else None."""
    grading = cell.metadata.get("nbgrader", {})
    if grading.get("grade") and not grading.get("solution"):
        return str(grading["grade_id"])
    return None


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


@dataclass(frozen=True)
class _Places:
    """Where each cell of the master stands, by each thing a submission may know it by."""

    by_grade_id: dict[str, int]
    by_id: dict[str, int]
    by_text: dict[tuple[str, str], int]

    @classmethod
    def of(cls, master: NotebookNode) -> "_Places":
        grade_ids = {
            cell.metadata.nbgrader.grade_id: index
            for index, cell in enumerate(master.cells)
            if "nbgrader" in cell.metadata
        }
        ids = {cell.id: index for index, cell in enumerate(master.cells)}
        texts = {_text(cell): i for i, cell in enumerate(master.cells) if cell.source.strip()}
        return cls(grade_ids, ids, texts)

    def find(self, cell: NotebookNode) -> int | None:
        """The index of the master's cell that this one is (a copy of), or None."""
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in self.by_grade_id:
            return self.by_grade_id[grade_id]
        if cell.id in self.by_id:
            return self.by_id[cell.id]
        return self.by_text.get(_text(cell))


def _text(cell: NotebookNode) -> tuple[str, str]:
    return cell.cell_type, digest(cell.source)


def _is_better(candidate: str, held: str | None, released: str) -> bool:
    """True where `candidate` shall replace `held`: the first answer that says something is kept."""
    if held is None:
        return True
    return not _says_something(held, released) and _says_something(candidate, released)


def _says_something(source: str, released: str) -> bool:
    return bool(source.strip()) and digest(source) != digest(released)


def _merged(
    master: NotebookNode, answers: dict[int, str], own: dict[int, list[NotebookNode]]
) -> list[dict[str, Any]]:
    numbers: Iterator[int] = iter(range(1, MOST_CELLS + 2))
    cells = [_own(cell, next(numbers)) for cell in own.get(-1, [])]
    for index, given in enumerate(master.cells):
        cell = _placed(given, answers.get(index))
        if cell is not None:
            cells.append(cell)
        cells.extend(_own(extra, next(numbers)) for extra in own.get(index, []))
    return cells


def _placed(given: NotebookNode, answer: str | None) -> dict[str, Any] | None:
    if is_fixed(given):
        return dict(given)
    if answer is not None:
        return {**given, "source": answer}
    if not is_answer(given):
        return None
    return {**given, "source": MISSING_NOTE if given.cell_type == "code" else given.source}


def _own(cell: NotebookNode, number: int) -> dict[str, Any]:
    return {**cell, "id": f"own-{number}", "metadata": {}}


def _parsed(data: bytes) -> dict[str, Any]:
    if not data.strip():
        _refuse(f"is empty, which is not JSON: the upload or the saving broke off. {_AGAIN}")
    if _CONFLICT.search(data):
        _refuse(
            "holds the marks of a merge conflict (<<<<<<<, =======, >>>>>>>), which git leaves "
            "where it could not merge: both versions are in it, and it is no JSON any more. Choose "
            "one (git checkout --ours or --theirs, or nbdime), open it in JupyterLab, save it, and "
            "hand it in again"
        )
    other = next((name for start, name in _OTHERS.items() if data.startswith(start)), None)
    if other:
        _refuse(f"is {other}, not JSON as a notebook is. {_AGAIN}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(f"is not text in UTF-8 (see byte {error.start}). {_AGAIN}")
    try:
        # NaN and Infinity stand only in outputs of careless tools; outputs are dropped anyway
        content = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        _refuse(f"is not JSON ({error}): it was cut off, or is another file by this name. {_AGAIN}")
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        _refuse(f"is JSON but not a Jupyter notebook. {_AGAIN}")
    return content


def _upgraded(content: dict[str, Any]) -> dict[str, Any]:
    """Bring formats 1 to 3 to format 4; later minor versions of 4 are read as they are."""
    version = content["nbformat"]
    if version == nbformat.current_nbformat:
        return content
    if version > nbformat.current_nbformat:
        _refuse(
            f"has notebook format {version}; this course reads up to {nbformat.current_nbformat}. "
            "Save it with the JupyterLab that came with the course, and hand it in again"
        )
    try:
        return dict(nbformat.convert(nbformat.from_dict(content), nbformat.current_nbformat))
    except Exception as error:  # noqa: BLE001 - the converters of old formats raise whatever they meet
        _refuse(
            f"has the old notebook format {version} and could not be upgraded "
            f"({type(error).__name__}: {error}). {_AGAIN}"
        )


def _plain_cell(cell: object, number: int) -> dict[str, Any]:
    if not isinstance(cell, dict) or cell.get("cell_type") not in CELL_TYPES:
        _refuse(f"is damaged: cell {number} is neither code nor text. {_AGAIN}")
    kind: str = cell["cell_type"]
    plain: dict[str, Any] = {
        "cell_type": kind,
        "id": _string(cell.get("id")),
        "metadata": {},
        "source": _source(cell.get("source"), number),
    }
    grade_id = _grade_id(cell.get("metadata"))
    if grade_id:
        plain["metadata"] = {"nbgrader": {"grade_id": grade_id}}
    if kind == "code":
        plain |= {"execution_count": None, "outputs": []}
    return plain


def _with_own_ids(cells: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every id once: Jupyter's readers stumble over doubled and missing ones."""
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        usable = _CELL_ID.fullmatch(cell["id"]) and cell["id"] not in seen
        name = cell["id"] if usable else f"unnamed-{number}"
        seen.add(name)
        yield {**cell, "id": name}


def _source(source: object, number: int) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        _refuse(f"is damaged: the text of cell {number} cannot be read. {_AGAIN}")
    return _string(source)


def _grade_id(metadata: object) -> str:
    grading = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return _string(grading.get("grade_id")) if isinstance(grading, dict) else ""


def _string(value: object) -> str:
    """A string that can be written to a file: half a surrogate pair cannot."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _notebook(cells: Iterable[dict[str, Any]]) -> NotebookNode:
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return _node(content)


def _node(content: dict[str, Any]) -> NotebookNode:
    return nbformat.from_dict(content)  # type: ignore[no-any-return]


def _refuse(what: str) -> NoReturn:
    message = f"The submitted notebook {what}."
    raise SubmissionError(message)
