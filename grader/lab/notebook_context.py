"""What stands around an answer at home: cells that failed, cells that ran, the notebook's file.

A check sees one object. That a name is missing because another cell failed, that a given cell was
changed (in class it is put back), or that the untouched scaffold was made right elsewhere, is read
from the kernel's own record and from the saved file. Never raises for what it reads there.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.core import error_messages
from grader.core.name_bindings import is_same_code, read_bindings
from grader.core.overwritten_names import misused, overwritten
from grader.core.unit_file import Unit, digest
from grader.core.verdicts import Outcome, Verdict
from grader.lab import run_context
from grader.wire import channels

_SESSION = "JPY_SESSION_NAME"
"""JupyterLab says here which notebook a kernel belongs to."""
_MOST_FAILURES = 50


def watch() -> None:
    """Keep in mind which cells fail in this kernel."""
    shell = _shell() if channels.current() is None else None  # in class the driver sees it
    if shell is not None and _note not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _note)


def explained(verdict: Verdict, checks: Unit) -> str:
    """The sentence for an error whose cause is another cell; or nothing.

    That cell failed, and a name which it binds is missing; or it gave a name of Python's or of a
    package another meaning.
    """
    if verdict.outcome is not Outcome.RAISED:
        return ""
    name = error_messages.missing_name(verdict.message)
    if not name:
        given = list(checks.given.values())
        taken = overwritten(_ran_besides(given), given)
        return taken.get(misused(verdict.message, taken), "")
    for source, kind, text in reversed(run_context.current().failed_cells):
        names = read_bindings(source).binds or error_messages.names_in(source)
        if name in names:
            return error_messages.cause(name, source, kind, text)
    return ""


def changed_cells(here: Path, checks: Unit, name: str) -> Iterator[str]:
    """A sentence for each given cell that was changed in the saved notebook, once in a kernel."""
    cells = list(_cells(here, name))
    whole = {digest(source) for _, source in cells}
    told = run_context.current().changed_cells_told
    for grade_id, source in cells:
        given = checks.given.get(grade_id)
        if given is None or grade_id in told or digest(given) in whole:
            continue
        if not source.strip() or is_same_code(source, given):
            continue
        told.add(grade_id)
        now, before = read_bindings(source), read_bindings(given)
        yield error_messages.changed_cell(source, sorted(now.binds - before.binds))


def is_remade(scaffold: str, checks: Unit) -> bool:
    """Whether a cell of the learner's binds anew, or changes, what the scaffold binds."""
    names = read_bindings(scaffold).binds
    own = _ran_besides([scaffold, *checks.given.values()])
    return any(names & (_gives(source)) for source in own)


def _ran_besides(given: Sequence[str]) -> list[str]:
    """The sources of cells that ran in this kernel and are none of `given`."""
    shell = _shell()
    ran = shell.user_ns.get("In", []) if shell is not None else []
    ran = ran if isinstance(ran, list) else []  # a learner may call something else so
    known = {digest(source) for source in given}
    return [source for source in ran if isinstance(source, str) and digest(source) not in known]


def _gives(source: str) -> frozenset[str]:
    found = read_bindings(source)
    return found.binds | found.changes


def _note(result: Any) -> None:
    error = result.error_before_exec or result.error_in_exec
    source = getattr(result.info, "raw_cell", None)
    failed = run_context.current().failed_cells
    if error is not None and isinstance(source, str) and len(failed) < _MOST_FAILURES:
        failed.append((source, type(error).__name__, str(error)))


def _shell() -> Any | None:
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def _cells(here: Path, name: str) -> Iterator[tuple[str, str]]:
    """Grade_id and source of the code cells that nbgrader knows, in the saved notebook."""
    own = Path(os.environ.get(_SESSION, "")).name
    path = here / (own if own.endswith(".ipynb") else name)
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            grading = cell.get("metadata", {}).get("nbgrader", {})
            if cell["cell_type"] == "code" and grading.get("locked"):
                yield str(grading["grade_id"]), "".join(cell["source"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
