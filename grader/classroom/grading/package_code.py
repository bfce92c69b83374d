"""Hashes of the package's code: of what runs beside learner code, and of all that decides points.

Code alone counts: a changed docstring or comment changes neither, a changed sentence only the
second. So it runs no submission again: kept replies are judged anew.
"""

from __future__ import annotations

import ast
import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import grader
from grader.classroom.engine.environment import computing_packages, hashed
from grader.classroom.hashed_files import read_whole, write_whole
from grader.core.errors import SetupError

PACKAGE = Path(grader.__file__).parent
# Folders and modules below `grader/`. What runs beside learner code, or runs it.
BESIDE = ("worker", "wire", "lab", "core", "classroom/sandbox", "classroom/engine")
# Of these, what only a judge or a report uses. The judge's requests are kept with the replies: one
# that asks something else has the code run again.
JUDGES = (
    "classroom/engine/teacher_remarks",
    "core/accuracy_judge",
    "core/compare",
    "core/data_messages",
    "core/diagnosis",
    "core/error_messages",
    "core/function_messages",
    "core/judgement",
    "core/messages",
    "core/metrics",
    "core/perplexity_judge",
    "core/probes",
    "core/quiz_messages",
    "core/repair_judge",
    "core/repair_messages",
    "core/repair_preamble",
    "core/request_batches",
    "core/verdict_rules",
)
# What decides points beside: questions, what is run of a notebook, what is kept.
DECIDES = (*BESIDE, "referee", "classroom/notebooks", "classroom/grading")


@dataclass(frozen=True)
class CodeDigests:
    """`run` changes with what can change a reply of learner code, `all` with what can a point."""

    run: str
    all: str


def code_digests(kept_in: Path | None = None, package: Path = PACKAGE) -> CodeDigests:
    """The hashes of a package's code and of the packages it computes with.

    Parsing takes half a second, so the result is kept in the folder `kept_in`, named after the
    bytes of all files.
    """
    sources = {path: path.read_bytes() for path in _modules(package, DECIDES)}
    versions = computing_packages().encode()
    names = [path.relative_to(package).as_posix().encode() for path in sources]
    path = None
    if kept_in is not None:
        path = kept_in / f"{hashed([*names, *sources.values(), versions])}.code"
        kept = read_whole(path)
        if kept is not None:
            return CodeDigests(**json.loads(kept))
    beside = set(_modules(package, BESIDE)) - set(_modules(package, JUDGES))
    codes = {
        each: f"{each.relative_to(package).as_posix()} {_code_digest(source)}".encode()
        for each, source in sources.items()
    }
    found = CodeDigests(
        run=hashed([*(code for each, code in codes.items() if each in beside), versions]),
        all=hashed([*codes.values(), versions]),
    )
    if path is not None:
        with contextlib.suppress(SetupError):  # who only reads a class parses each time
            write_whole(path, json.dumps(asdict(found)).encode())
    return found


@cache
def _code_digest(source: bytes) -> str:
    return hashed([code_of(source).encode()])


def code_of(source: bytes) -> str:
    """Python code as text that docstrings, comments and line breaks do not change."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    """True for a statement that is a string alone: a docstring, or one below a constant."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _modules(package: Path, places: Iterable[str]) -> list[Path]:
    """The Python files of these folders and modules, sorted."""
    found: set[Path] = set()
    for place in places:
        found |= set((package / place).rglob("*.py"))
        found |= {path for path in [package / f"{place}.py"] if path.is_file()}
    return sorted(found)
