"""Runs that were measured before, kept by content: a long run cut short goes on where it stopped.

`trials` asks here before it trains. A run is known by its recipe, its number, its data, the code
that trains and judges, and the versions of torch and numpy: change one of them, and it is measured
anew. The files lie in build/evidence and are never committed; `make evidence ANEW=1` forgets them.
"""

import ast
import functools
import hashlib
import inspect
import json
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, TypeVar

import numpy as np
import torch

from grader.core.atomic_files import replace_file

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "evidence"
# What changes a number when it changes. Imports do not, nor does `fit`: it checks and shows a run.
CODE = (
    "grader/core/accuracy_judge.py",
    "grader/core/request_batches.py",
    "grader/core/diagnosis.py",
    "grader/core/ngrams.py",
    "grader/core/perplexity_judge.py",
    "grader/core/probes.py",
    "grader/core/recoded_draws.py",
    "grader/core/repair_judge.py",
    "grader/core/repair_preamble.py",
    "grader/lab/metrics.py",
    "grader/lab/training.py",
)
PLAIN = (str, int, float, bool, bytes, Path, type(None), type(...))
T = TypeVar("T")


def forget() -> None:
    """Drop every kept run."""
    shutil.rmtree(FOLDER, ignore_errors=True)


def find(key: str, kind: type[T]) -> T | None:
    """The kept run of this key, if there is one."""
    path = FOLDER / f"{key}.json"
    return kind(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def keep(key: str, run: Any) -> None:
    """Write a run in one step, so that a killed process leaves no half of one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    replace_file(FOLDER / f"{key}.json", json.dumps(asdict(run)))


def key(trial: Callable[..., Any], recipe: Any, number: int, data: Path, pool: Path) -> str:
    """What a run is known by.

    `trial` trains and measures, `data` is the folder of the data's recipe, `pool` the file of
    hidden sequences.
    """
    code = (ast.dump(ast.parse(inspect.getsource(trial))), _code())
    parts = (code, described(recipe), number, _digest(data), _digest(pool), _versions())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@functools.cache
def _digest(path: Path) -> str:
    """Of a file's or a folder's content, but for its texts about the data; "" where none is."""
    files = sorted(path.iterdir()) if path.is_dir() else [path] if path.is_file() else []
    found = hashlib.sha256()
    for file in files:
        if file.suffix in {".npz", ".txt"} and not file.name.startswith("LICENSE"):
            found.update(file.read_bytes())
        elif file.name == "recipe.py":
            found.update(_parsed(file).encode())
    return found.hexdigest()


@functools.cache
def _code() -> str:
    return "".join(_parsed(ROOT / name) for name in CODE)


def _parsed(path: Path) -> str:
    """A file's code without comments, line numbers and whatever else changes no run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        part
        for part in tree.body
        if not isinstance(part, ast.Import | ast.ImportFrom)
        and not (isinstance(part, ast.FunctionDef) and part.name == "fit")
    ]
    return ast.dump(tree)


def _versions() -> tuple[str, ...]:
    return (platform.python_version(), torch.__version__, np.__version__, platform.machine())


def described(value: Callable[..., Any]) -> Any:
    """A recipe as plain values that are equal when it does the same: its code and all it uses.

    Where it stands in its file does not matter. Raises TypeError for a value it cannot describe.
    """
    return _Describer(value.__module__).describe(value)


class _Describer:
    def __init__(self, own: str) -> None:
        self._own = own  # the module of the recipe; whatever another one holds is a library's
        self._seen: dict[int, int] = {}

    def describe(self, value: Any) -> Any:
        if isinstance(value, PLAIN):
            return repr(value)
        if isinstance(value, dict):
            return [(self.describe(name), self.describe(value[name])) for name in value]
        if isinstance(value, list | tuple):
            return [self.describe(item) for item in value]
        if isinstance(value, set | frozenset):
            return sorted(repr(self.describe(item)) for item in value)
        if isinstance(value, ModuleType | BuiltinFunctionType) or self._is_library(value):
            return value.__name__
        if id(value) not in self._seen:
            self._seen[id(value)] = len(self._seen)
            return self._made_of(value)
        return ("seen", self._seen[id(value)])

    def _made_of(self, value: Any) -> Any:
        if isinstance(value, CodeType):
            return self._code(value)
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, type):
            own = {n: m for n, m in vars(value).items() if isinstance(m, FunctionType)}
            return (value.__name__, self.describe(list(value.__bases__)), self.describe(own))
        if is_dataclass(value):
            return {f.name: self.describe(getattr(value, f.name)) for f in fields(value)}
        message = f"{value!r} is no part of a recipe that can be told from another"
        raise TypeError(message)

    def _is_library(self, value: Any) -> bool:
        return isinstance(value, type | FunctionType) and value.__module__ != self._own

    def _function(self, function: FunctionType) -> Any:
        used = {
            name: function.__globals__[name]
            for name in _names(function.__code__)
            if name in function.__globals__
        }
        held = [cell.cell_contents for cell in function.__closure__ or ()]
        defaults = (function.__defaults__, function.__kwdefaults__)
        return [self.describe(part) for part in (function.__code__, defaults, held, used)]

    def _code(self, code: CodeType) -> Any:
        constants = [self.describe(constant) for constant in code.co_consts]
        return (code.co_code.hex(), code.co_names, code.co_varnames, constants)


def _names(code: CodeType) -> list[str]:
    """Every name that a function or one inside it may look up, sorted."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return sorted({*code.co_names, *(name for part in inner for name in _names(part))})
