"""A learner's code outside of an answer cell, and whether it could make that answer right.

An answer is written into the cell below by mistake, redefined further down, or left as it was given
while what it calls is mended. Names decide (`core.name_bindings`); nothing is run.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.classroom.notebooks.rebuilding import is_answer, is_fixed, question_of
from grader.core.name_bindings import Bindings, read_bindings
from grader.core.names import ANSWER_SUFFIX, answer_cell
from grader.core.unit_file import digest

# What every check reads; an answer has another name.
_LAB = "lab"


@dataclass(frozen=True)
class OutsideCode:
    """The code of a rebuilt notebook: `own` are the places of cells that a learner has written."""

    notebook: NotebookNode
    names: Sequence[Bindings]
    own: Sequence[int]

    @classmethod
    def of(cls, notebook: NotebookNode, scaffolds: Mapping[str, str]) -> "OutsideCode":
        """Read a notebook; `scaffolds` are the digests of untouched answers."""
        names, own = [], []
        for place, cell in enumerate(notebook.cells):
            is_code = cell.cell_type == "code"
            names.append(read_bindings(cell.source) if is_code else Bindings())
            name = cell.id.removesuffix(ANSWER_SUFFIX)
            is_given = is_answer(cell) and digest(cell.source) == scaffolds.get(name)
            if is_code and not is_fixed(cell) and not is_given:
                own.append(place)
        return cls(notebook, names, own)

    def could_answer(self, question: str) -> bool:
        """Whether any of it binds or changes a name that the scaffold or its check depends on."""
        needed = self._needed([self._place(answer_cell(question)), self._place(question)])
        return any(self._gives(place) & needed for place in self.own)

    def checked_late(self, questions: Collection[str]) -> NotebookNode | None:
        """The notebook with checks of such answers moved behind the code that gives the answer.

        None where they stand there already.
        """
        order = [(place, 0) for place in range(len(self.notebook.cells))]
        for question in questions:
            check = self._place(question)
            asked = self.names[check].reads - {_LAB}
            late = [p for p in self.own if p > check and self._gives(p) & asked]
            if late:
                order[check] = (late[-1], 1)
        if all(late == 0 for _, late in order):
            return None
        ranked = sorted(range(len(order)), key=order.__getitem__)
        return NotebookNode(self.notebook, cells=[self.notebook.cells[place] for place in ranked])

    def _needed(self, places: Sequence[int]) -> set[str]:
        """The names that cells depend on, by way of the given code that binds them."""
        givers: dict[str, list[int]] = {}
        for place, names in enumerate(self.names):
            if is_fixed(self.notebook.cells[place]):
                for name in names.binds - names.modules:
                    givers.setdefault(name, []).append(place)
        found: set[str] = set()
        waiting, seen = list(places), set(places)
        while waiting:
            here = self.names[waiting.pop()]
            # what the scaffold itself binds can be bound anew below it
            fresh = (here.reads | here.later | here.binds) - found
            found |= fresh
            behind = {place for name in fresh for place in givers.get(name, ())} - seen
            waiting += behind
            seen |= behind
        return found - {_LAB}

    def _gives(self, place: int) -> frozenset[str]:
        return self.names[place].binds | self.names[place].changes

    def _place(self, name: str) -> int:
        return next(p for p, c in enumerate(self.notebook.cells) if name in (c.id, question_of(c)))
