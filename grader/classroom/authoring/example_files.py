"""The examples that `grader new` writes: text files beside this module, with names to fill in.

They are whole files of a course or pieces of one (`*_cells.txt`, `item.txt`), and each of them is
checked by being made and tried, never by being read.
"""

import tomllib
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from grader.core.errors import UsageError


def filled(example: str, **names: str) -> str:
    """The text of `examples/<example>.txt` with each `$name` filled in."""
    text = files(__package__).joinpath("examples", f"{example}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(names)


def example_table(example: str) -> dict[str, dict[str, Any]]:
    """The tables of `examples/<example>.toml`."""
    text = files(__package__).joinpath("examples", f"{example}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def write_new(path: Path, text: str) -> Path:
    """Write a file where none is; its path. Raises UsageError rather than write over one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        message = f"{path} is there already. Choose another name, or move it away first."
        raise UsageError(message) from error
    return path


def append(path: Path, text: str) -> Path:
    """Write at the end of a text file, which is made where there is none; its path."""
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if before and not before.endswith("\n"):
        before += "\n"
    path.write_text(before + text, encoding="utf-8", newline="\n")
    return path
