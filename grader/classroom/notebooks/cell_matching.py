"""Which cell of a submission is which cell of the release, whatever an editor did to their names.

A cell is known by its text where that is the released one's; else by its grade_id or id; else, an
answer, by where it stands and what it defines. A cell that carries a given cell's name beside the
given cell itself is a changed copy, and so the learner's own; so is one that has nothing in common
with it (from another unit, say). Linear in the submission but for its share of missing answers.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from grader.classroom.notebooks.cell_kinds import is_answer, is_fixed, question_of
from grader.core.name_bindings import is_same_code, read_bindings
from grader.core.unit_file import digest

_WORD = re.compile(r"\w+")
# The share of a given cell's words that a changed version of it still has.
_COMMON = 0.5


@dataclass(frozen=True)
class CellMatch:
    """For each cell of a submission the index of the master's cell that it is; None: an own one.

    `edited`: by the index of a locked code cell, the place of the cell that the learner changed.
    `namesakes`: locked code cells whose name an own cell carries, too.
    """

    places: Sequence[int | None]
    edited: Mapping[int, int]
    namesakes: Collection[int]


def match(master: Sequence[NotebookNode], cells: Sequence[NotebookNode]) -> CellMatch:
    """Find the master's cells in a submission's."""
    finder = _Finder(master, cells)
    finder.by_text()
    finder.by_name()
    finder.by_place()
    places = [finder.places.get(place) for place in range(len(cells))]
    return CellMatch(places, finder.edited, finder.namesakes())


@dataclass
class _Finder:
    """`places` and `claims` grow step by step: cell → master's cell, and master's cells found."""

    master: Sequence[NotebookNode]
    cells: Sequence[NotebookNode]
    places: dict[int, int] = field(default_factory=dict)
    claims: dict[int, int] = field(default_factory=dict)
    edited: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        grade_ids = {
            cell.metadata.nbgrader.grade_id: index
            for index, cell in enumerate(self.master)
            if "nbgrader" in cell.metadata
        }
        ids = {cell.id: index for index, cell in enumerate(self.master)}
        self._named = [self._name(cell, grade_ids, ids) for cell in self.cells]

    @staticmethod
    def _name(cell: NotebookNode, grade_ids: dict[str, int], ids: dict[str, int]) -> int | None:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        return grade_ids[grade_id] if grade_id in grade_ids else ids.get(cell.id)

    def by_text(self) -> None:
        """Cells that read as released; of several of one text the one with the name comes first."""
        known: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, cell in enumerate(self.master):
            if cell.source.strip():
                known[_text(cell)].append(index)
        same = [known.get(_text(cell), []) for cell in self.cells]
        for place, candidates in enumerate(same):
            named = self._named[place]
            if named in candidates and named is not None:
                self._claim(place, named)
        after = -1
        for place, candidates in enumerate(same):
            if place not in self.places and candidates and not self._is_answer_of_other(place):
                free = [index for index in candidates if index not in self.claims]
                index = next((i for i in free if i > after), (free or candidates)[0])
                self._claim(place, index)
            after = self.places.get(place, after)

    def _is_answer_of_other(self, place: int) -> bool:
        """Whether a cell has an answer's name: then that says where it stands, not its text."""
        named = self._named[place]
        return named is not None and is_answer(self.master[named])

    def by_name(self) -> None:
        """Answers and free cells by their names, and locked cells that were changed."""
        changed: dict[int, list[int]] = defaultdict(list)
        for place, named in enumerate(self._named):
            if place in self.places or named is None:
                continue
            if not is_fixed(self.master[named]):
                self._claim(place, named)
            elif named not in self.claims:
                changed[named].append(place)
        for index, places in changed.items():
            self._take_changed(index, places)

    def _take_changed(self, index: int, places: list[int]) -> None:
        """Of the cells with a locked cell's name the one most like it is a changed version."""
        given = self.master[index]
        likeness = [_likeness(self.cells[place], given) for place in places]
        best = max(range(len(places)), key=likeness.__getitem__)
        if likeness[best] < _COMMON and question_of(given) is None:
            return
        self._claim(places[best], index)
        changed = self.cells[places[best]]
        if given.cell_type == "code" and not is_same_code(changed.source, given.source):
            self.edited[index] = places[best]

    def by_place(self) -> None:
        """Answers without a name: between the known cells around them, by what they define."""
        known = sorted(self.claims)
        for index, given in enumerate(self.master):
            if not is_answer(given) or index in self.claims:
                continue
            before = max((i for i in known if i < index), default=None)
            behind = min((i for i in known if i > index), default=None)
            first = -1 if before is None else self.claims[before]
            last = len(self.cells) if behind is None else self.claims[behind]
            for place in range(first + 1, last):
                if place not in self.places and _answers(self.cells[place], given):
                    self._claim(place, index)
                    break

    def namesakes(self) -> set[int]:
        """The locked code cells whose names cells carry that are the learner's own."""
        return {
            named
            for place, named in enumerate(self._named)
            if named is not None
            and place not in self.places
            and is_fixed(self.master[named])
            and self.cells[place].cell_type == "code" == self.master[named].cell_type
        }

    def _claim(self, place: int, index: int) -> None:
        self.places[place] = index
        self.claims.setdefault(index, place)


def _text(cell: NotebookNode) -> tuple[str, str]:
    return cell.cell_type, digest(cell.source)


def _likeness(cell: NotebookNode, given: NotebookNode) -> float:
    """The share of the given cell's words that are in the other, too."""
    words = set(_WORD.findall(given.source))
    return len(words & set(_WORD.findall(cell.source))) / max(1, len(words))


def _answers(cell: NotebookNode, given: NotebookNode) -> bool:
    """Whether a nameless cell can be the answer: code that binds its names, or any text."""
    if cell.cell_type != given.cell_type:
        return False
    if given.cell_type != "code":
        return True
    return bool(read_bindings(cell.source).binds & read_bindings(given.source).binds)
