"""Which unit a notebook is of, and whether anybody has worked on it.

Cells are known by their ids or, where a program has taken those away, by texts that one unit alone
has. Runs nothing. Called where files arrive, and where a class is planned.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from nbformat import NotebookNode

from grader.classroom.working_copy import released_units
from grader.classroom.notebooks.rebuilding import (
    MISSING_NOTE,
    is_answer,
    is_fixed,
    loads,
    names_of,
    question_cells,
    rebuild,
)
from grader.core.errors import SubmissionError
from grader.core.name_bindings import read_bindings
from grader.core.names import stem
from grader.core.unit_file import digest

# A notebook of one unit may hold a cell or two of another, pasted.
_FEW = 4


@dataclass(frozen=True)
class ReleasedNotebooks:
    """The released notebooks of a course, by unit."""

    masters: Mapping[str, NotebookNode]

    @classmethod
    def of(cls, home: Path) -> "ReleasedNotebooks":
        """Those in `home/notebooks`; read once for as long as their files are the same."""
        paths = {
            unit: folder / f"{stem(unit)}.ipynb" for unit, folder in released_units(home).items()
        }
        return _read(
            tuple(
                (unit, path, file.st_ino, file.st_size, file.st_mtime_ns)
                for unit, path in paths.items()
                if path.is_file() and (file := path.stat())
            )
        )

    def shares(self, notebook: NotebookNode) -> dict[str, int]:
        """How many of each unit's own cells a notebook has; `notebook` as read_submission reads."""
        names = names_of(notebook)
        shared = {unit: len(names & known) for unit, known in self._names.items()}
        if any(shared.values()):
            return shared
        texts = {digest(cell.source) for cell in notebook.cells}
        return {unit: len(texts & known) for unit, known in self._texts.items()}

    def unit_of(self, notebook: NotebookNode) -> str | None:
        """The unit that a notebook has most cells of; None where it has none."""
        shared = self.shares(notebook)
        best = max(shared, key=lambda unit: shared[unit], default=None)
        return best if best is not None and shared[best] else None

    def stranger(self, unit: str, notebook: NotebookNode) -> str | None:
        """The other unit whose notebook stands in the place of `unit`'s; None where none does."""
        other = self.unit_of(notebook)
        if other is None or other == unit:
            return None
        shared = self.shares(notebook)
        return other if _FEW * shared.get(unit, 0) < shared[other] else None

    def is_of(self, unit: str, notebook: NotebookNode) -> bool:
        """Whether anything of a unit is in a notebook: a cell, or what its answers alone define."""
        if self.shares(notebook).get(unit):
            return True
        own = self._answered[unit]
        return any(
            own & read_bindings(cell.source).binds
            for cell in notebook.cells
            if cell.cell_type == "code"
        )

    def written(self, unit: str, notebook: NotebookNode) -> int:
        """How many cells somebody has filled in, changed or added; 0 as released."""
        master = self.masters[unit]
        given = {cell.id: digest(cell.source) for cell in master.cells}
        return sum(
            cell.source.strip() not in {"", MISSING_NOTE}
            and digest(cell.source) != given.get(cell.id)
            for cell in rebuild(master, notebook).cells
            if not is_fixed(cell)
        )

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        return {unit: question_cells(master) for unit, master in self.masters.items()}

    @cached_property
    def _texts(self) -> dict[str, set[str]]:
        """Texts that one unit has and no other."""
        return _one_unit_s(
            {
                unit: {digest(cell.source) for cell in master.cells if cell.source.strip()}
                for unit, master in self.masters.items()
            }
        )

    @cached_property
    def _answered(self) -> dict[str, set[str]]:
        """Names that one unit's answers define and no other's."""
        return _one_unit_s(
            {
                unit: {
                    name
                    for cell in master.cells
                    if is_answer(cell) and cell.cell_type == "code"
                    for name in read_bindings(cell.source).binds
                }
                for unit, master in self.masters.items()
            }
        )


def _one_unit_s(every: Mapping[str, set[str]]) -> dict[str, set[str]]:
    counted = Counter(each for own in every.values() for each in own)
    return {unit: {each for each in own if counted[each] == 1} for unit, own in every.items()}


def of_another_unit(releases: ReleasedNotebooks, unit: str, notebook: NotebookNode) -> None:
    """Raise SubmissionError for the notebook of another unit, or of none, in this unit's place."""
    other = releases.stranger(unit, notebook)
    if other is not None:
        message = (
            f"This is the notebook of {other}, in the place of {unit}'s, and was not graded. Move "
            f"it to {other}/{stem(other)}.ipynb, and ask for the notebook of {unit}."
        )
        raise SubmissionError(message)
    if unit in releases.masters and not releases.is_of(unit, notebook):
        message = (
            f"This is no notebook of {unit}: none of its cells is known to it or to another unit "
            f"of this course, so it was not graded. Ask for the student's {stem(unit)}.ipynb."
        )
        raise SubmissionError(message)


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, Path, int, int, int], ...]) -> ReleasedNotebooks:
    """The notebooks of files that are known by their place, number, size and time."""
    return ReleasedNotebooks({unit: loads(path.read_bytes()) for unit, path, *_ in files})
