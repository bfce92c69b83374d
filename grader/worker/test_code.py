"""A test cell as Python code: compiled by Python alone, run among a notebook's names.

No transformer of IPython has a part in it; what a `%` or `!` line means the grader has worked out
before. Where a learner has bound a builtin's name that the course does not bind (`bool = lambda *a:
True`), the test finds the builtin.
"""

import ast
import asyncio
import builtins
import contextlib
import inspect
import secrets
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from grader.wire.torch_compat import plain_tensors

# What the grader asks of the process that forks for tests, and its answer; what a test may print,
# in characters.
KEEP, FORK, STOP, DONE = b"k", b"f", b"s", b"."
MOST_TEXT = 64 * 1024

FILE_NAME, EARLIER = "<test cell>", "<earlier test cell>"
MOST_SHOWN = 4000
_NOTEBOOK = "__main__"
# By these a function finds the code that called it. Libraries ask for it, too; it is refused to a
# notebook's own cells.
_LOOKS = frozenset({"sys._getframe", "sys._current_frames", "gc.get_objects", "gc.get_referrers"})
_FRAMES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})


@dataclass(frozen=True)
class CellCode:
    """`earlier` are test cells whose names this one needs; errors in them are not told here.

    `own` are builtins' names that the course itself binds. With `shared` the test's names are the
    notebook's, because its code reads some of them.
    """

    source: str
    earlier: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    shared: bool = False

    @classmethod
    def from_wire(cls, message: Mapping[str, Any]) -> Self:
        """Read what the grader sent."""
        return cls(
            message["source"],
            tuple(message["earlier"]),
            tuple(message["own"]),
            bool(message["shared"]),
        )

    def run(self, names: dict[str, Any], kept: Mapping[str, Any]) -> Any:
        """Run the test; the value of its last expression, None where it ends in none.

        `names` are the notebook's, `kept` the builtins of before. Raises what the test raises.
        """
        space = names if self.shared else dict(names)
        space["__builtins__"] = builtins
        covered = [n for n in kept if n in names and n not in self.own and not n.startswith("_")]
        taken = {name: f"_{secrets.token_hex(8)}" for name in covered}
        space.update({other: kept[name] for name, other in taken.items()})
        with plain_tensors() if "torch" in sys.modules else contextlib.nullcontext():
            _Watch().begin()
            for source in self.earlier:
                with contextlib.suppress(BaseException):
                    _run(source, EARLIER, space, taken)
            return _run(self.source, FILE_NAME, space, taken)


def _run(source: str, file: str, space: dict[str, Any], taken: Mapping[str, str]) -> Any:
    tree = ast.parse(source, file)
    bound = set(bound_names(tree))
    _Renamer({name: new for name, new in taken.items() if name not in bound}).visit(tree)
    last = tree.body[-1] if tree.body else None
    shown = None
    if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
        shown = ast.Expression(last.value)
        tree.body.pop()
    awaits = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    _execute(compile(tree, file, "exec", awaits), space)
    return None if shown is None else _execute(compile(shown, file, "eval", awaits), space)


def _execute(code: Any, space: dict[str, Any]) -> Any:
    value = eval(code, space)  # noqa: S307 - the course's own test
    return asyncio.run(value) if code.co_flags & inspect.CO_COROUTINE else value


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Every name that a text binds anywhere, in functions, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


class _Renamer(ast.NodeTransformer):
    """Reads builtins by names that nobody has bound."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """One name."""
        if isinstance(node.ctx, ast.Load) and node.id in self._names:
            return ast.copy_location(ast.Name(self._names[node.id], node.ctx), node)
        return node


def shown_result(value: Any) -> str | None:
    """The text by which nbgrader knows partial credit; None where the test gave none.

    Numbers of Python's own kinds count as numbers; an object of the notebook's own classes says of
    itself what it likes, so it is asked nothing. Raises TypeError for one.
    """
    if value is None:
        return None
    kind = type(value)
    if kind.__module__ == _NOTEBOOK:
        message = f"the test gave an object of the notebook's own class {kind.__name__[:100]}"
        raise TypeError(message)
    try:
        return repr(value)[:MOST_SHOWN]
    except Exception:  # noqa: BLE001 - what cannot be shown is no number
        return f"<{kind.__name__[:100]}>"


class _Watch:
    """Refuses a notebook's own code a look at the test that calls it, and at its memory."""

    def __init__(self) -> None:
        self._looks = False

    def begin(self) -> None:
        """For as long as the process lives; Python takes no such hook back."""
        sys.addaudithook(self._heard)

    def _heard(self, event: str, words: tuple[Any, ...]) -> None:
        if event == "open":
            path = str(words[0])
            if path.startswith("/proc/") and path.endswith("/mem"):
                message = "code that is being tested does not read the test's memory"
                raise PermissionError(message)
            return
        is_look = event in _LOOKS or (event == "object.__getattr__" and words[1] in _FRAMES)
        if is_look and not self._looks and self._from_notebook():
            message = "code that is being tested does not look at the test"
            raise RuntimeError(message)

    def _from_notebook(self) -> bool:
        self._looks = True  # to look is such an event itself
        try:
            frame: Any = sys._getframe(2)  # noqa: SLF001 - the only way to it
        finally:
            self._looks = False
        if frame.f_globals.get("__name__") == "inspect":
            frame = frame.f_back
        return (
            frame is not None
            and frame.f_globals.get("__name__") == _NOTEBOOK
            and frame.f_code.co_filename not in {FILE_NAME, EARLIER}
        )
