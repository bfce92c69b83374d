"""Make the file that a case hands in: the release, answered, and changed as the case says."""

import copy
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.redteam.case import Case

Cell = dict[str, Any]
Notebook = dict[str, Any]

ANSWERS = {
    "right": {
        "rnn-step": (
            "def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):\n"
            "    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)"
        ),
        "rnn-last-state": "def last_state(output, h_n):\n    return output[:, -1]",
        "arena-challenge-1": 'arena_challenge_1 = "b"',
    },
    "wrong": {
        "rnn-step": (
            "def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):\n"
            "    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T)"
        ),
        "rnn-last-state": "def last_state(output, h_n):\n    return output[:, 0]",
        "arena-challenge-1": 'arena_challenge_1 = "a"',
    },
    "untouched": {},
}
# Answered in words, in a cell of the question's own name.
FREE = {"arena-why"}


def hand_in(case: Case, release: Notebook, names: dict[str, str], path: Path) -> None:
    """Write what `case` hands in to `path`, as a folder, link or file of any bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(make(case, release, names)).encode()
    if case.file:
        FILES[case.file](data, path)
    else:
        path.write_bytes(data)


def make(case: Case, release: Notebook, names: dict[str, str]) -> Notebook:
    """The notebook of `case`, made from the released one."""
    notebook = copy.deepcopy(release)
    for question, source in {**ANSWERS[case.base], **case.answers}.items():
        name = question if question in FREE else f"{question}-answer"
        find(notebook, name)["source"] = told(source, names)
    for number, own in enumerate(case.own):
        cell: Cell = {
            "cell_type": own.get("type", "code"),
            "id": f"mine-{number}",
            "metadata": {},
            "source": told(own["source"], names),
        }
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells = notebook["cells"]
        after = own.get("after", "")
        cells.insert(cells.index(find(notebook, after)) + 1 if after else 0, cell)
    for change in case.change:
        rest = {key: value for key, value in change.items() if key != "do"}
        CHANGES[change["do"]](notebook, **rest)
    return notebook


def told(source: str, names: dict[str, str]) -> str:
    """A source with every @NAME@ replaced."""
    for name, value in names.items():
        source = source.replace(f"@{name}@", value)
    return source.strip("\n")


def find(notebook: Notebook, cell: str) -> Cell:
    """The cell with that id."""
    found: Cell = next(c for c in notebook["cells"] if c["id"] == cell)
    return found


def _merge(notebook: Notebook, cell: str, value: dict[str, Any]) -> None:
    """Metadata; nested tables are merged."""
    metadata = find(notebook, cell)["metadata"]
    for key, given in value.items():
        held = metadata.get(key)
        metadata[key] = {**held, **given} if isinstance(held, dict) else given


def _delete(notebook: Notebook, cell: str) -> None:
    notebook["cells"].remove(find(notebook, cell))


def _duplicate(notebook: Notebook, cell: str, source: str = "", *, before: bool = False) -> None:
    """A second cell, with the same id and metadata."""
    first = find(notebook, cell)
    second = copy.deepcopy(first)
    second["source"] = source or first["source"]
    place = notebook["cells"].index(first)
    notebook["cells"].insert(place if before else place + 1, second)


def _reverse(notebook: Notebook) -> None:
    notebook["cells"].reverse()


def _edit(notebook: Notebook, cell: str, source: str) -> None:
    find(notebook, cell)["source"] = source


def _field(notebook: Notebook, cell: str, key: str, value: Any) -> None:
    """Any field of a cell: id, cell_type, outputs, source."""
    find(notebook, cell)[key] = value


def _top(notebook: Notebook, key: str, value: Any) -> None:
    notebook[key] = value


CHANGES: dict[str, Callable[..., None]] = {
    "merge": _merge,
    "delete": _delete,
    "duplicate": _duplicate,
    "reverse": _reverse,
    "edit": _edit,
    "field": _field,
    "top": _top,
}


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[bytes, Path], None]:
    def write(data: bytes, path: Path) -> None:
        path.write_bytes(change(data))

    return write


def _huge(data: bytes, path: Path) -> None:
    """100 MB that cost no disk: a hole in the middle."""
    with path.open("wb") as file:
        file.write(data)
        file.truncate(100 * 2**20)


def _linked(target: str) -> Callable[[bytes, Path], None]:
    """The file is a link, to a neighbour's solution or to the system."""

    def link(_data: bytes, path: Path) -> None:
        neighbour = path.parents[2] / "zzz-honest" / path.parent.name / path.name
        path.symlink_to(target or neighbour)

    return link


def _linked_folder(_data: bytes, path: Path) -> None:
    path.parent.rmdir()
    path.parent.symlink_to(path.parents[2] / "zzz-honest" / path.parent.name)


def _fifo(_data: bytes, path: Path) -> None:
    """Whoever opens it waits for a writer that never comes."""
    os.mkfifo(path)


def _folder(_data: bytes, path: Path) -> None:
    path.mkdir()


def _cells(count: int) -> Callable[[bytes], bytes]:
    cell = '{"cell_type":"raw","metadata":{},"source":""}'
    body = ",".join([cell] * count)
    whole = f'{{"nbformat":4,"nbformat_minor":4,"metadata":{{}},"cells":[{body}]}}'
    return lambda _data: whole.encode()


def archive(_data: bytes = b"") -> bytes:
    """A zip whose files would land elsewhere, be links to elsewhere, or fill the disk."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("../" * 8 + "tmp/redteam-slipped", "/tmp/redteam-slipped"):  # noqa: S108
            packed.writestr(name, "slipped")
        link = zipfile.ZipInfo("arena.ipynb")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
        with packed.open("zeros", "w", force_zip64=True) as zeros:
            for _ in range(64):
                zeros.write(bytes(2**24))
    return body.getvalue()


def _version(number: object) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps({**json.loads(data), "nbformat": number}).encode()


FILES: dict[str, Callable[[bytes, Path], None]] = {
    "huge": _huge,
    "cells": _bytes(_cells(400_000)),
    "many-cells": _bytes(_cells(3000)),
    "bad-utf8": _bytes(lambda data: data.replace(b"arena", b"\xff\xfe\xc3\x28")),
    "nan": _bytes(lambda data: data.replace(b'"outputs": []', b'"outputs": [NaN, -Infinity]')),
    "cut": _bytes(lambda data: data[: len(data) // 2]),
    "empty": _bytes(lambda _data: b""),
    "deep": _bytes(lambda _data: b"[" * 2_000_000),
    "digits": _bytes(lambda _data: b'{"nbformat": ' + b"9" * 1_000_000 + b"}"),
    "not-json": _bytes(lambda _data: b"\x80\x04\x95cos\nsystem\n(S'id'\ntR."),
    "archive": _bytes(archive),
    "list": _bytes(lambda _data: b"[]"),
    "no-cells": _bytes(lambda _data: b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'),
    "format-3": _bytes(_version(3)),
    "format-99": _bytes(_version(99)),
    "format-text": _bytes(_version("4")),
    "link-neighbour": _linked(""),
    "link-system": _linked("/etc/passwd"),
    "link-endless": _linked("/dev/zero"),
    "link-folder": _linked_folder,
    "fifo": _fifo,
    "folder": _folder,
}
