"""Run a learner's notebook as at home, and read what its own checks said.

For a learner's own repository: there are no solutions, hidden inputs or keys, and nobody's points
depend on it. The learner's code runs as whoever runs this. Called by `grader self-check`.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from grader.classroom.notebooks.home_kernel import home_environment, words
from grader.classroom.notebooks.rebuilding import LARGEST_FILE
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.classroom.working_copy import FOLDER, find_home, released_units
from grader.core import messages
from grader.core.demonstrations import TAG, needed
from grader.core.errors import SetupError, SubmissionError, UsageError
from grader.core.names import is_unit_name, stem
from grader.core.question import ChoiceQuestion, PreparedQuestion
from grader.core.suggestions import did_you_mean
from grader.core.unit_file import FILE_NAME, Unit, load
from grader.core.verdicts import Outcome, Verdict

# A repair's check trains three times; a cell that takes longer than this will never end.
_HANGS = 1800
_RECORD = "progress.json"


@dataclass(frozen=True)
class SelfCheck:
    """What a notebook's own checks said; `withheld` are questions that only a teacher can mark."""

    unit: str
    data: bytes
    verdicts: Mapping[str, Verdict]
    withheld: tuple[str, ...]


def notebook_of(named: str) -> Path:
    """The notebook that is meant: a file, or a unit's, in `my-work/` or else in `notebooks/`.

    Raises UsageError for what is neither.
    """
    path = Path(named)
    if not is_unit_name(named):
        if path.is_file():
            return path
        near = ""
        with suppress(SetupError):
            near = did_you_mean(named, list(released_units(find_home(Path.cwd()))))
        message = f"{named} is no notebook and no unit. Name one, such as 01_rnn.{near}"
        raise UsageError(message)
    home, file = find_home(Path.cwd()), f"{stem(named)}.ipynb"
    places = [home / folder / named / file for folder in (FOLDER, "notebooks")]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        message = f"There is no notebook of {named}: neither {places[0]} nor {places[1]} is there."
        raise UsageError(message)
    return found


def run_checks(notebook: Path) -> SelfCheck:
    """Run all cells but those that only demonstrate, in a copy; nothing of yours is changed.

    Raises SubmissionError for a file that is no notebook, SetupError where no `unit.json` that can
    be read lies beside it.
    """
    unit = load(notebook.parent / FILE_NAME)
    data, read = _read(notebook)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / unit.name
        ignored = shutil.ignore_patterns(".*", _RECORD, "*.ipynb")
        shutil.copytree(notebook.parent, folder, ignore=ignored)
        (folder / f"{stem(unit.name)}.ipynb").write_bytes(data)
        ran = _run(read, folder, find_home(notebook.parent) / "data")
        record = _checked(folder / _RECORD)
    withheld = {name for name, question in unit.questions.items() if _is_withheld(question)}
    found = {name: _verdict(unit, name, record.get(name), ran) for name in unit.questions}
    verdicts = {name: verdict for name, verdict in found.items() if name not in withheld}
    return SelfCheck(unit.name, data, verdicts, tuple(sorted(withheld)))


def _read(path: Path) -> tuple[bytes, NotebookNode]:
    data = read_ordinary(path.resolve(), LARGEST_FILE)
    try:
        read: NotebookNode = nbformat.reads(data.decode("utf-8-sig"), as_version=4)
        nbformat.validate(read)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        message = f"{path} is no notebook: {str(error)[:200]}. Save it from JupyterLab once more."
        raise SubmissionError(message) from error
    return data, read


def _run(notebook: NotebookNode, folder: Path, data: Path) -> NotebookNode:
    """Run what a class runs of it, as Run All does; a kernel that dies or hangs ends it."""
    notebook.cells = list(_needed(notebook.cells))
    client = NotebookClient(
        notebook,
        timeout=_HANGS,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    # what was checked before counts
    with suppress(DeadKernelError, CellTimeoutError):
        client.execute(env=home_environment(data), stderr=subprocess.DEVNULL)
    return notebook


def _needed(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    code = [cell for cell in cells if cell.cell_type == "code"]
    shows = [TAG in cell.metadata.get("tags", ()) for cell in code]
    run = needed([(cell.source, only) for cell, only in zip(code, shows, strict=True)])
    for place, cell in enumerate(code):
        cell.outputs, cell.execution_count = [], None
        if not shows[place] or place in run:
            yield cell


def _checked(path: Path) -> dict[str, Any]:
    """What `lab.check` wrote down; the learner's code can write there, too, and fools itself."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["check"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_withheld(question: PreparedQuestion) -> bool:
    return isinstance(question, ChoiceQuestion) and question.right is None


def _verdict(unit: Unit, name: str, entry: Any, ran: NotebookNode) -> Verdict:
    maximum = unit.questions[name].points
    said = _said(ran, name)
    if entry:
        with suppress(ValueError, KeyError, TypeError):
            outcome, points = Outcome(entry["outcome"]), float(entry["points"])
            # under its heading, which says outcome and points once more
            message = said.partition("\n")[2].strip() if said else ""
            return Verdict(name, outcome, points, maximum, message)
    if said is None:
        return Verdict(name, Outcome.MISSING, 0.0, maximum, messages.MISSING)
    return Verdict(name, Outcome.NOT_ATTEMPTED, 0.0, maximum, said.partition("\n")[2] or said)


def _said(ran: NotebookNode, name: str) -> str | None:
    """What the last check of a question printed; None where none ran."""
    call = f'lab.check("{name}"'
    for cell in reversed(ran.cells):
        if call in cell.source and cell.outputs:
            return "\n".join(filter(None, map(_words, cell.outputs))).strip()
    return None


def _words(output: NotebookNode) -> str:
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return words(output).strip()
