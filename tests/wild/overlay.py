"""Make the notebook of a case from the released one: changes of its JSON, then of its bytes."""

import json
from collections.abc import Callable, Mapping
from typing import Any

Cell = dict[str, Any]
Notebook = dict[str, Any]


def notebook(base: Notebook, changes: list[dict[str, Any]]) -> Notebook:
    """A copy of `base` with `changes` made in order."""
    made: Notebook = json.loads(json.dumps(base))
    for change in changes:
        words = dict(change)
        CHANGES[words.pop("do")](made, **words)
    return made


def written(made: Notebook, steps: list[str]) -> bytes:
    """The file's bytes; `steps` are names of FILES, or `name=value`."""
    data = json.dumps(made, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
    for step in steps:
        name, _, value = step.partition("=")
        data = FILES[name](data, value)
    return data


def text_of(cell: Cell) -> str:
    """A cell's source as one string."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _at(made: Notebook, name: str) -> int:
    for index, cell in enumerate(made["cells"]):
        if cell.get("id") == name:
            return index
    raise KeyError(name)


def _cell(made: Notebook, name: str) -> Cell:
    cell: Cell = made["cells"][_at(made, name)]
    return cell


def _write(made: Notebook, cell: str, source: str) -> None:
    """Replace a cell's source."""
    _cell(made, cell)["source"] = source


def _replace(made: Notebook, cell: str, old: str, new: str) -> None:
    """Replace a part of a cell's source, which has to be in it."""
    source = text_of(_cell(made, cell))
    if old not in source:
        raise KeyError(old)
    _cell(made, cell)["source"] = source.replace(old, new)


def _add(made: Notebook, cell: str, text: str, *, above: bool = False) -> None:
    """Add lines to a cell, below or above what is in it."""
    source = text_of(_cell(made, cell))
    _cell(made, cell)["source"] = f"{text}\n{source}" if above else f"{source}\n{text}"


def _insert(made: Notebook, after: str, source: str, kind: str = "code", **more: Any) -> None:
    """Insert an own cell after another one; "" for the beginning."""
    cell: Cell = {"cell_type": kind, "id": "own-cell", "metadata": {}, "source": source, **more}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    made["cells"].insert(_at(made, after) + 1 if after else 0, cell)


def _delete(made: Notebook, cells: list[str]) -> None:
    for name in cells:
        del made["cells"][_at(made, name)]


def _duplicate(
    made: Notebook,
    cell: str,
    source: str = "",
    *,
    keep_id: bool = False,
    keep_metadata: bool = True,
) -> None:
    """Copy a cell below itself, as an editor's copy and paste does."""
    at = _at(made, cell)
    copy: Cell = json.loads(json.dumps(made["cells"][at]))
    copy["id"] = cell if keep_id else f"{cell}-copy"
    copy["source"] = source or copy["source"]
    if not keep_metadata:
        copy["metadata"] = {}
    made["cells"].insert(at + 1, copy)


def _split(made: Notebook, cell: str, before: str, *, keep_metadata: bool = True) -> None:
    """Split a cell before the line that begins with `before`; both halves keep the metadata."""
    at = _at(made, cell)
    lines = text_of(made["cells"][at]).split("\n")
    line = next(i for i, each in enumerate(lines) if each.startswith(before))
    _duplicate(made, cell, "\n".join(lines[line:]), keep_metadata=keep_metadata)
    made["cells"][at]["source"] = "\n".join(lines[:line])


def _merge(made: Notebook, cells: list[str]) -> None:
    """Merge cells into the first one, as an editor does."""
    first = _cell(made, cells[0])
    first["source"] = "\n".join(text_of(_cell(made, name)) for name in cells)
    _delete(made, cells[1:])


def _move(made: Notebook, cell: str, after: str) -> None:
    moved = made["cells"].pop(_at(made, cell))
    made["cells"].insert(_at(made, after) + 1 if after else 0, moved)


def _kind(made: Notebook, cell: str, kind: str) -> None:
    """Turn a cell into text or code, as a key pressed by mistake does."""
    found = _cell(made, cell)
    found["cell_type"] = kind
    if kind == "code":
        found |= {"execution_count": None, "outputs": []}
    else:
        found.pop("outputs", None), found.pop("execution_count", None)


def _strip(made: Notebook, what: list[str]) -> None:
    """Take away what editors and cleaning tools take away: ids, cell metadata, the notebook's."""
    if "notebook" in what:
        made["metadata"] = {}
    for cell in made["cells"]:
        if "ids" in what:
            cell.pop("id", None)
        if "metadata" in what:
            cell["metadata"] = {}
        if "nbgrader" in what:
            cell["metadata"].pop("nbgrader", None)


def _mark(made: Notebook, metadata: Mapping[str, Any], *, cells: bool = False) -> None:
    """Add metadata to the notebook, or with `cells` to each cell; `{id}` is the cell's."""
    if not cells:
        made["metadata"] |= metadata
        return
    for cell in made["cells"]:
        cell["metadata"] |= json.loads(json.dumps(metadata).replace("{id}", cell.get("id", "")))


def _version(made: Notebook, major: int, minor: int) -> None:
    """Write it in an older format; formats below 4.5 have no cell ids, 3 has worksheets."""
    made["nbformat"], made["nbformat_minor"] = major, minor
    if (major, minor) < (4, 5):
        _strip(made, ["ids"])
    if major == 3:
        cells = made.pop("cells")
        for cell in filter(lambda each: each["cell_type"] == "code", cells):
            cell["input"], cell["language"] = cell.pop("source"), "python"
            cell["prompt_number"] = cell.pop("execution_count")
        made["worksheets"] = [{"cells": cells, "metadata": {}}]


def _ids(made: Notebook, to: str) -> None:
    """Give all cells other ids: the same one, numbers, or what the format does not allow."""
    for number, cell in enumerate(made["cells"]):
        cell["id"] = to.format(number=number)


def _output(made: Notebook, cell: str, output: Cell, times: int = 1) -> None:
    """Add an output to a code cell; its text is repeated `times` times."""
    made_one = json.loads(json.dumps(output).replace("{text}", "x" * times))
    _cell(made, cell).setdefault("outputs", []).append(made_one)


def _lines(made: Notebook) -> None:
    """Sources as lists of lines, as most editors save them."""
    for cell in made["cells"]:
        cell["source"] = text_of(cell).splitlines(keepends=True)


def _endings(made: Notebook) -> None:
    """Line ends of Windows inside the cells, as a paste from an editor brings."""
    for cell in made["cells"]:
        cell["source"] = text_of(cell).replace("\n", "\r\n")


def _set(made: Notebook, key: str, value: Any, cell: str = "") -> None:
    """Give a key of a cell, or of the notebook, another value; "null" stands for JSON's."""
    (_cell(made, cell) if cell else made)[key] = None if value == "null" else value


def _drop(made: Notebook, keys: list[str], cell: str = "") -> None:
    """Take keys away from a cell, or from the notebook."""
    for key in keys:
        (_cell(made, cell) if cell else made).pop(key, None)


CHANGES: dict[str, Callable[..., None]] = {
    "write": _write,
    "replace": _replace,
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "duplicate": _duplicate,
    "split": _split,
    "merge": _merge,
    "move": _move,
    "kind": _kind,
    "strip": _strip,
    "mark": _mark,
    "version": _version,
    "ids": _ids,
    "output": _output,
    "lines": _lines,
    "endings": _endings,
    "set": _set,
    "drop": _drop,
}


def _conflict(data: bytes, value: str) -> bytes:
    """git's marks around a cell's line, in the middle of the file or at its beginning."""
    lines = data.split(b"\n")
    at = 0 if value == "start" else len(lines) // 2
    theirs = [b"<<<<<<< HEAD", *lines[at : at + 2], b"=======", b'    "theirs"', b">>>>>>> main"]
    return b"\n".join([*lines[:at], *theirs, *lines[at + 2 :]])


FILES: dict[str, Callable[[bytes, str], bytes]] = {
    "crlf": lambda data, _: data.replace(b"\n", b"\r\n"),
    "bom": lambda data, _: b"\xef\xbb\xbf" + data,
    "utf16": lambda data, _: data.decode().encode("utf-16"),
    "cp1252": lambda data, _: data.decode().encode("cp1252", "replace"),
    "minified": lambda data, _: json.dumps(json.loads(data), separators=(",", ":")).encode(),
    "sorted": lambda data, _: json.dumps(json.loads(data), sort_keys=True, indent=4).encode(),
    "ascii": lambda data, _: json.dumps(json.loads(data), indent=1, ensure_ascii=True).encode(),
    "cut": lambda data, value: data[: int(len(data) * float(value))],
    "nulls": lambda data, value: data[: len(data) // 2] + b"\0" * int(value),
    "conflict": _conflict,
    "replaced": lambda data, value: data.replace(
        value.partition("=>")[0].encode(), value.partition("=>")[2].encode()
    ),
    "text": lambda _, value: value.encode(),
    "padded": lambda data, value: data + b" " * int(value),
    "end": lambda data, value: data + value.encode(),
}
