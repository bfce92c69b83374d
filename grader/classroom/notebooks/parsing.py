"""Read what a learner handed in: bytes from a stranger become a plain notebook, or a refusal.

Of each cell type, source, id and grade_id are taken, and of text the pictures that were pasted into
it; the rest is dropped. What careless tools leave is read as what it can only mean: a cell without
text is empty, one of a kind that Jupyter has not is raw. Nothing is run, rendered or trusted. Called through `classroom.notebooks.rebuilding`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import nbformat
from nbformat import NotebookNode

from grader.classroom.notebooks.pasted_images import pictures
from grader.core.errors import SubmissionError
from grader.core.plain_text import one_line

LARGEST_FILE = 20 * 1024 * 1024
MOST_CELLS = 2000
CELL_TYPES = ("code", "markdown", "raw")
_OTHER_KINDS = {"heading": "markdown", "html": "markdown"}  # others are raw: nothing runs them
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
_CONFLICT_LEFT = re.compile(rb"^(\|{7} |={7}\r?$|>{7} )", re.MULTILINE)


def read_submission(data: bytes) -> NotebookNode:
    """Read a submitted notebook file.

    Gives a notebook of format 4.5 whose cells carry only type, source, id (a made-up one where it
    is missing or was used before), `metadata.nbgrader.grade_id` (where there was one) and, of
    text, the pictures pasted into it. Raises SubmissionError with one sentence.
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
        _refuse(f"is not JSON ({error}): {_why_no_json(data, error)}. {_AGAIN}")
    if not isinstance(content, dict) or _format(content) is None:
        _refuse(f"is JSON but not a Jupyter notebook. {_AGAIN}")
    return content


def _why_no_json(data: bytes, error: Exception) -> str:
    """What has happened to a file, by where its reading stopped."""
    if _CONFLICT_LEFT.search(data):
        return (
            "lines of a merge conflict (=======, >>>>>>>) are left in it, which git put there. "
            "Take them out, with what belongs to the version that you do not want"
        )
    at = getattr(error, "pos", None)
    if at is not None and str(error).startswith("Extra data"):
        return (
            "the notebook ends there, and more follows, as when a program saves over a longer file "
            "or joins two"
        )
    if at is None or at >= len(data.decode("utf-8-sig", "replace").rstrip()) - 1:
        return "it was cut off, or is another file by this name"
    return (
        "it was cut off, edited by hand (a comma or a quote too many or missing there), or is "
        "another file by this name"
    )


def _format(content: dict[str, Any]) -> int | None:
    """The notebook's format; some tools write its number as 4.0, or not at all."""
    said = content.get("nbformat")
    cells = content.get("cells")
    if said is None and isinstance(cells, list):
        is_ours = any(isinstance(cell, dict) and "cell_type" in cell for cell in cells)
        return nbformat.current_nbformat if is_ours else None
    if isinstance(said, float) and said.is_integer():
        return int(said)
    return said if isinstance(said, int) else None


def _upgraded(content: dict[str, Any]) -> dict[str, Any]:
    """Bring formats 1 to 3 to format 4; later minor versions of 4 are read as they are."""
    version = _format(content)
    if version == nbformat.current_nbformat:
        return content
    if version is None or version > nbformat.current_nbformat:
        _refuse(
            f"has notebook format {one_line(repr(content.get('nbformat')), 40)}; this course reads up to "
            f"{nbformat.current_nbformat}. "
            "Save it with the JupyterLab that came with the course, and hand it in again"
        )
    try:
        old = nbformat.from_dict({**content, "nbformat": version})
        return dict(nbformat.convert(old, nbformat.current_nbformat))
    except Exception as error:  # noqa: BLE001 - the converters of old formats raise whatever they meet
        _refuse(
            f"has the old notebook format {version} and could not be upgraded "
            f"({type(error).__name__}: {error}). {_AGAIN}"
        )


def _plain_cell(cell: object, number: int) -> dict[str, Any]:
    if not isinstance(cell, dict):
        _refuse(f"is damaged: cell {number} is neither code nor text. {_AGAIN}")
    given = cell.get("cell_type")
    kind: str = given if given in CELL_TYPES else _OTHER_KINDS.get(str(given), "raw")
    plain: dict[str, Any] = {
        "cell_type": kind,
        "id": _string(cell.get("id")),
        "metadata": {},
        "source": _source(cell.get("source"), number),
    }
    pasted = pictures(cell.get("attachments")) if kind == "markdown" else {}
    if pasted:
        plain["attachments"] = pasted
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
        name, made = cell["id"], number
        while name in seen or not _CELL_ID.fullmatch(name):
            name, made = f"unnamed-{made}", made + len(cells)
        seen.add(name)
        yield {**cell, "id": name}


def _source(source: object, number: int) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if source is None:
        return ""
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
