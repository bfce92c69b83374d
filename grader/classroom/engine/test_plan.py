"""What is sent of a test cell, and which parts of test cells run among the learner's own code.

A test's names do not outlive its fork. Where a later test reads them, the earlier test runs before
it in that fork; where the learner's or the course's own code reads them, what learners have of the
test (its text without the hidden tests) runs in the notebook, too, and counts for nothing. Pure
text: nothing is run here.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from grader.classroom.notebooks.cell_kinds import question_of
from grader.core.demonstrations import needed
from grader.core.name_bindings import LARGEST, read_bindings
from grader.core.test_cells import TestCell
from grader.worker.test_code import bound_names

_BUILTINS = frozenset(dir(builtins))
# Packages whose names a worker keeps, and may load for that before a notebook does.
_KNOWN = ("matplotlib", "numpy", "pandas", "torch")
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class PlannedTest:
    """One test as it is sent: see `worker.test_code.CellCode`."""

    source: str
    earlier: tuple[str, ...]
    own: tuple[str, ...]
    shared: bool


@dataclass(frozen=True)
class TestPlan:
    """The tests of one rebuilt notebook; `tests` are by grade_id.

    `released` are the code cells as learners got them.
    """

    __test__ = False  # pytest takes such names for its own

    notebook: NotebookNode
    tests: Mapping[str, TestCell]
    released: Sequence[str]

    def planned(self, cell: NotebookNode) -> PlannedTest:
        """What is sent of a test cell of the notebook."""
        place = self._code.index(cell)
        earlier = [self._code[p] for p in self._earlier(place)]
        # whatever a test binds that other code reads, by names that learners know
        bound = [read_bindings(each.source) for each in [*earlier, cell]]
        given = frozenset().union(*((b.binds - b.modules) | b.changes for b in bound))
        own = self._own | {n for each in earlier for n in _bound(each.source)}
        return PlannedTest(
            python_of(cell.source),
            tuple(python_of(each.source) for each in earlier),
            tuple(sorted(own & _BUILTINS)),
            bool(given & self._read & self._visible) or "get_ipython" in python_of(cell.source),
        )

    @cached_property
    def in_notebook(self) -> dict[str, str]:
        """By cell id, what of test cells runs in the notebook: later code reads its names."""
        shown = [(self._shown(cell), self._is_test(cell)) for cell in self._code]
        return {self._code[place].id: shown[place][0] for place in needed(shown)}

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """Known packages that the notebook imports."""
        names = {name for cell in self._code for name in _IMPORT.findall(cell.source[:LARGEST])}
        return tuple(name for name in _KNOWN if name in names)

    @cached_property
    def _code(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def _is_test(self, cell: NotebookNode) -> bool:
        return question_of(cell) in self.tests

    def _shown(self, cell: NotebookNode) -> str:
        test = self.tests.get(question_of(cell) or "")
        return test.visible if test else str(cell.source)

    def _earlier(self, place: int) -> list[int]:
        """The test cells before `place` whose names it needs, in their order."""
        names = [read_bindings(cell.source) for cell in self._code[: place + 1]]
        own = [n for n, cell in zip(names, self._code, strict=False) if not self._is_test(cell)]
        imported = frozenset().union(*(each.modules for each in own))
        wanted = (names[place].reads | names[place].later) - imported
        found = []
        for before in reversed(range(place)):
            each = names[before]
            if not self._is_test(self._code[before]):
                wanted -= each.binds
            elif wanted & (each.binds | each.changes):
                found.append(before)
                wanted |= (each.reads | each.later) - imported
        return found[::-1]

    @cached_property
    def _read(self) -> frozenset[str]:
        """Names that code outside of tests reads, when it runs or when it is called."""
        found = [read_bindings(c.source) for c in self._code if not self._is_test(c)]
        return frozenset().union(*(each.reads | each.later for each in found))

    @cached_property
    def _visible(self) -> frozenset[str]:
        """Names in what the course gives to learners."""
        read = [read_bindings(source) for source in self.released]
        return frozenset().union(*(b.binds | b.changes | b.reads | b.later for b in read))

    @cached_property
    def _own(self) -> set[str]:
        """Names that the course's own cells bind."""
        return {name for source in self.released for name in _bound(source)}


def python_of(source: str) -> str:
    """A cell as plain Python, by IPython's own transformers and nobody else's."""
    transformers = TransformerManager()  # type: ignore[no-untyped-call]
    return str(transformers.transform_cell(source)).rstrip("\n")


def _bound(source: str) -> set[str]:
    tree = _tree(source)
    return set(bound_names(tree)) if tree else set()


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(python_of(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
