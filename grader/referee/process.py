"""The trusted reference process: the only one that runs references, on CUDA where there is one.

A process of its own keeps torch and `solutions/` out of the process that talks to learner code, and
leaves one place that ever holds a CUDA context. What comes back are arrays.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from grader.core import recoded_draws
from grader.core.atomic_files import replace_file
from grader.core.errors import SetupError
from grader.core.interrupts import hold_interrupts, ignore_interrupts
from grader.core.question import REPAIR, PreparedQuestion
from grader.wire.torch_compat import postpone_compiler

if TYPE_CHECKING:
    from grader.referee.preparation import ScoreCard
    from grader.referee.question_bank import UnitBank

# Versions that can change what a reference computes.
_PACKAGES = ("torch", "numpy")
# How long a unit's references trained, beside their score cards.
SECONDS = "{unit}.seconds"


@dataclass(frozen=True)
class ReferencePaths:
    """Where the trusted side finds things. `cards` keeps the references' score cards."""

    solutions: Path
    data: Path
    cards: Path
    secret: str
    device: str = "auto"


class ReferenceProcess:
    """Prepares questions in a process of its own; use it in a `with` block."""

    def __init__(self, sources: ReferencePaths) -> None:
        self._sources = sources
        self._pool = _pool(sources.device)
        self._repairs: dict[str, dict[str, PreparedQuestion]] = {}

    def __enter__(self) -> Self:
        """Nothing to do: the process starts with its first task."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the process."""
        self._pool.shutdown(cancel_futures=True)

    def prepare(
        self, unit: str, student: str, released: Mapping[str, PreparedQuestion] | None = None
    ) -> dict[str, PreparedQuestion]:
        """Questions of a unit for one submission: those `released` ones anew, or all.

        Where none is asked for nothing is started, and without a repair none is drawn or trained.
        Raises CourseError for a broken question.
        """
        names = None if released is None else tuple(released)
        kinds = {REPAIR, ""} if released is None else {q.kind for q in released.values()}
        repairs = {}
        if REPAIR in kinds:
            if unit not in self._repairs:
                self._repairs[unit] = self._ask(_repairs, self._sources, unit)
            repairs = self._repairs[unit]
        own = self._ask(_hidden, self._sources, unit, student, names) if kinds - {REPAIR} else {}
        every = own | repairs
        return every if names is None else {name: every[name] for name in names}

    def _ask(
        self, function: Callable[..., dict[str, PreparedQuestion]], *words: Any
    ) -> dict[str, PreparedQuestion]:
        """Call `function` in the process; once more in a new one where the process was killed."""
        try:
            return self._submitted(function, *words).result()
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = _pool(self._sources.device)
        try:
            return self._submitted(function, *words).result()
        except BrokenProcessPool as error:
            message = (
                "The process that prepares questions was killed twice, perhaps for want of memory. "
                "Close other programs, then run the same command to go on."
            )
            raise SetupError(message) from error

    def _submitted(
        self, function: Callable[..., dict[str, PreparedQuestion]], *words: Any
    ) -> Future[dict[str, PreparedQuestion]]:
        with hold_interrupts():  # the first task starts the process
            return self._pool.submit(function, *words)


def _pool(device: str) -> ProcessPoolExecutor:
    # spawn: the caller may have threads, and a fork would copy their locks
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, context, _start, (device,))


def _start(device: str) -> None:
    """Set up the process, then import torch."""
    ignore_interrupts()
    # taking torch apart, object by object, takes longer than some runs, and whoever asked waits
    atexit.register(os._exit, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    postpone_compiler()


def _end_with_parent() -> None:
    """Leave nothing behind when the grader is killed: the pool's own pipe would never tell."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _hidden(
    sources: ReferencePaths, unit: str, student: str, names: tuple[str, ...] | None
) -> dict[str, PreparedQuestion]:
    from grader.referee.preparation import prepare_hidden

    return prepare_hidden(_bank(sources.solutions / unit), sources.secret, student, names)


def _repairs(sources: ReferencePaths, unit: str) -> dict[str, PreparedQuestion]:
    from grader.referee.preparation import prepare_repair

    made: dict[str, PreparedQuestion] = {}
    started, measured = time.perf_counter(), False
    for question in _bank(sources.solutions / unit).questions.values():
        if question.kind != REPAIR:
            continue
        recipe = sources.data / question.module.DATA / "recipe.py"
        path = sources.cards / f"{_key(sources, question.path, recipe)}.json"
        known = _known_card(path)
        made[question.id], card = prepare_repair(question, sources.secret, sources.data, known)
        if known is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, json.dumps(asdict(card)))
            measured = True
    if measured:
        seconds = round(time.perf_counter() - started, 3)
        replace_file(sources.cards / SECONDS.format(unit=unit), json.dumps(seconds))
    return made


def reference_seconds(cards: Path, unit: str) -> float:
    """What a unit's references took when they trained last; 0 where they did not or have none."""
    try:
        return float(json.loads((cards / SECONDS.format(unit=unit)).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return 0.0


def _known_card(path: Path) -> ScoreCard | None:
    """The kept score card; None where there is none, or one of another form."""
    from grader.referee.preparation import ScoreCard

    try:
        return ScoreCard(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@cache
def _bank(folder: Path) -> UnitBank:
    from grader.referee.question_bank import load_unit

    return load_unit(folder)


def _key(sources: ReferencePaths, *files: Path) -> str:
    """What a score card depends on: the sources, the draws, the versions, the device."""
    parts = [path.read_bytes() for path in (*files, Path(recoded_draws.__file__))]
    parts += [name.encode() + version(name).encode() for name in _PACKAGES]
    parts += [sources.secret.encode(), _device_name().encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


def _device_name() -> str:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
