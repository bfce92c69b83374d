"""Where in a question file something stands, so that an author's slip is named by its line.

Files are parsed when something is wrong with them, never before.
"""

import ast
import traceback
from pathlib import Path
from typing import NoReturn

from grader.core.errors import CourseError


def refuse(path: Path, what: str, line: int = 0) -> NoReturn:
    """Raise the CourseError that names the file and, where it is not 0, the line."""
    place = f"{path}, line {line}" if line else str(path)
    message = f"{place}: {what}"
    raise CourseError(message)


def line_of(path: Path, name: str) -> int:
    """The line that binds `name` at the top of a file (the last, which counts); 0 for none."""
    found = _binding(path, name)
    return found.lineno if found else 0


def line_of_entry(path: Path, name: str, place: int) -> int:
    """The line of the entry at `place`, from 0, of the list `name`; that of the list, else 0."""
    found = _binding(path, name)
    listed = getattr(found, "value", None)
    if isinstance(listed, ast.List) and place < len(listed.elts):
        return listed.elts[place].lineno
    return found.lineno if found else 0


def line_of_error(path: Path, error: BaseException) -> int:
    """The line of a file that was run last before `error`; 0 where it ran none."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 0 for f in reversed(frames) if f.filename == str(path)), 0)


def _binding(path: Path, name: str) -> ast.stmt | None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return next((node for node in reversed(body) if name in _bound(node)), None)


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]
