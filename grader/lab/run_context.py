"""What `lab` remembers between calls in one process: a RunContext, reached by `current()`.

The variable's default is one object for the whole process, so comm callbacks, which ipykernel runs
on threads with contexts of their own, see what cells see. `fresh` sets another for a block.
"""

import contextlib
from collections import deque
from collections.abc import Hashable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.lab.curves import CurveOptions
from grader.lab.training_history import Epoch


@dataclass
class RunContext:
    """The state of one kernel, or of one script.

    Attributes:
        quiet: how many `frontend.quiet` blocks are open; above 0 no training draws.
        check_bars: the open `check_progress.CheckBar`s, the innermost last.
        curve_options: the switches below a run's curves, as they were left last.
        earlier_runs: records of the last runs, by metric and data, to draw behind the next one.
        notes_shown: notes about `progress.json` that were printed; each is printed once.
        folders_noted: data folders of another release that were noted.
        failed_cells: of each cell that failed its source, the error's class name and its text.
        changed_cells_told: ids of given cells of which a check has said that they were changed.
    """

    quiet: int = 0
    check_bars: list[Any] = field(default_factory=list)
    curve_options: CurveOptions = field(default_factory=CurveOptions)
    earlier_runs: dict[Hashable, deque[list[Epoch]]] = field(default_factory=dict)
    notes_shown: set[str] = field(default_factory=set)
    folders_noted: set[Path] = field(default_factory=set)
    failed_cells: list[tuple[str, str, str]] = field(default_factory=list)
    changed_cells_told: set[str] = field(default_factory=set)


_PROCESS = RunContext()
_current: ContextVar[RunContext] = ContextVar("grader.lab.run_context", default=_PROCESS)


def current() -> RunContext:
    """The context of the running code: the process's own, except inside `fresh`."""
    return _current.get()


@contextlib.contextmanager
def fresh() -> Iterator[RunContext]:
    """Remember nothing of before inside the block, and nothing of the block after it."""
    token = _current.set(RunContext())
    try:
        yield _current.get()
    finally:
        _current.reset(token)
