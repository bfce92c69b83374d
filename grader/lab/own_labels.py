"""Which files of a folder are sequences, and which class each has: folders, or labels.csv.

Called by `own_sequences`. It looks at names, and into labels.csv alone.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from grader.core.errors import UsageError
from grader.lab.plain_files import read_utf8

LABELS = "labels.csv"
ENDINGS = (".csv", ".npy")
_LABELS_BYTES = 5_000_000
_FILES_AT_MOST = 50_000
_NAMED = 3


@dataclass(frozen=True)
class LabelledFiles:
    """Files in the order of their names, each with its class; `notes` says what was passed over."""

    files: list[tuple[Path, str]]
    notes: list[str]


def labelled_files(folder: Path) -> LabelledFiles:
    """The sequences of a folder. Raises UsageError where there are none, or one has no class."""
    if not folder.exists():
        message = (
            f"There is no folder {str(folder)!r} (looked for as {folder.resolve()}). Expected: a "
            "folder of sequences beside this notebook, or a path to one. Drag it into the file "
            "browser on the left, or write the path as it is on your machine."
        )
        raise UsageError(message)
    if not folder.is_dir():
        message = (
            f"{str(folder)!r} is a file. A folder was expected, with one file a sequence. "
            "A text is read by `lab.read_text`."
        )
        raise UsageError(message)
    visible = _visible(folder)
    listed = folder / LABELS
    sequences = [p for p in visible if p.suffix.lower() in ENDINGS and p != listed]
    others = [path for path in visible if path not in sequences and path != listed]
    notes = [f"Passed over, neither .csv nor .npy: {_named(others, folder)}."] if others else []
    if not sequences:
        had = f"It holds {_named(others, folder)}. " if others else "It is empty. "
        message = (
            f"There is no sequence in the folder {str(folder)!r}. {had}Expected: files that end in "
            ".csv or .npy, one a sequence, in one folder a class."
        )
        raise UsageError(message)
    if listed.is_file():
        return _by_list(folder, listed, sequences, notes)
    unsorted = [path for path in sequences if path.parent == folder]
    if unsorted:
        message = (
            f"{_named(unsorted, folder)} in {str(folder)!r} has no class. Expected: one folder a "
            f"class ({folder.name}/up/{unsorted[0].name}), or a file {LABELS} with a first line "
            f"`file,class` and a line `{unsorted[0].name},up` for each."
        )
        raise UsageError(message)
    return LabelledFiles([(p, p.relative_to(folder).parts[0]) for p in sequences], notes)


def _visible(folder: Path) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and _shown(path, folder):
            found.append(path)
        if len(found) > _FILES_AT_MOST:
            message = (
                f"{str(folder)!r} holds more than {_FILES_AT_MOST:,} files. Expected: a folder of "
                "sequences and nothing else. Give that folder, or copy some thousand of its files."
            )
            raise UsageError(message)
    return sorted(found)


def _by_list(folder: Path, listed: Path, sequences: list[Path], notes: list[str]) -> LabelledFiles:
    lines = read_utf8(listed, _LABELS_BYTES)[0].splitlines()
    between = max(",;\t", key=(lines[0] if lines else "").count)
    known = {path.relative_to(folder).as_posix(): path for path in sequences}
    files: dict[Path, str] = {}
    for number, row in enumerate(csv.reader(lines, delimiter=between), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() in {"file", "name", "filename"}):
            continue
        if len(cells) < 2 or not cells[1]:
            message = (
                f"{listed}, line {number}, is {between.join(row)!r}. Expected: a file's name and "
                f"its class, such as `{next(iter(known))},up`."
            )
            raise UsageError(message)
        path = known.get(cells[0].replace("\\", "/").removeprefix("./"))
        if path is None:
            message = (
                f"{listed}, line {number}, names {cells[0]!r}, and no such .csv or .npy file is "
                f"in {str(folder)!r}. Expected: its path in that folder, such as "
                f"{next(iter(known))!r}."
            )
            raise UsageError(message)
        if files.setdefault(path, cells[1]) != cells[1]:
            message = (
                f"{listed}, line {number}, says that {cells[0]!r} is {cells[1]!r}; further up it "
                f"is {files[path]!r}. One class for each file was expected."
            )
            raise UsageError(message)
    if not files:
        message = f"{listed} names no file. Expected: `file,class`, then a line for each sequence."
        raise UsageError(message)
    unnamed = [path for path in sequences if path not in files]
    if unnamed:
        notes = [*notes, f"Passed over, not in {LABELS}: {_named(unnamed, folder)}."]
    return LabelledFiles([(path, files[path]) for path in sequences if path in files], notes)


def _shown(path: Path, folder: Path) -> bool:
    """Hidden files and folders (a Jupyter's checkpoints, a Mac's notes) are nobody's data."""
    return not any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)


def _named(paths: list[Path], folder: Path) -> str:
    names = [path.relative_to(folder).as_posix() for path in paths[:_NAMED]]
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(names) + more
