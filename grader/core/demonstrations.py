"""Which demonstration cells a run needs: those that bind or change what other code reads.

A cell that only demonstrates (a training, a picture) is left out of graded runs and of `nbgrader
validate`. At home it ran, so code that reads one of its names works there; for such code it runs
here, too, and so does every demonstration that it needs itself.

Binding, deleting and changing in place (`x[0] = …`, `x.append(…)`) are seen; that a function
changes what it is given, or that torch's random numbers have moved on, is not
(`core.name_bindings`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from grader.core.name_bindings import Bindings, read_bindings

TAG = "demonstration"
MOST_PARSED = 1_000_000
"""Characters of a notebook's code that are parsed; what comes after them counts as words."""


def needed(cells: Sequence[tuple[str, bool]]) -> set[int]:
    """The demonstrations that have to run, by their places in `cells`.

    `cells` are all code cells in their order: the source, and whether it demonstrates only.
    """
    if not any(shows for _, shows in cells):
        return set()
    before = accumulate((len(source) for source, _ in cells), initial=0)
    read = [
        read_bindings(source, parse=size < MOST_PARSED)
        for (source, _), size in zip(cells, before, strict=False)
    ]
    modules = frozenset().union(*(each.modules for each in read))
    shows = [each for _, each in cells]
    places = _places(read, shows, modules)
    found: set[int] = set()
    waiting = [place for place, each in enumerate(shows) if not each]
    while waiting:
        place = waiting.pop()
        for source in set(_sources(place, read, shows, places)) - found:
            found.add(source)
            waiting.append(source)
    return found


def _places(
    read: Sequence[Bindings], shows: Sequence[bool], modules: frozenset[str]
) -> dict[str, list[int]]:
    """Where each name that demonstrations offer is bound or changed, by any cell, in order."""
    gives = [each.binds | (each.changes - modules) for each in read]
    offered = {name for names, each in zip(gives, shows, strict=True) if each for name in names}
    places: dict[str, list[int]] = {name: [] for name in offered}
    for place, names in enumerate(gives):
        for name in names & offered:
            places[name].append(place)
    return places


def _sources(
    place: int, read: Sequence[Bindings], shows: Sequence[bool], places: dict[str, list[int]]
) -> Iterator[int]:
    """The demonstrations that give a cell's names what they are when it runs, or is called."""
    here = read[place]
    for name in here.reads | here.later:
        if name not in places:
            continue
        if name in here.reads or name not in here.binds:
            yield from _behind(name, place, read, shows, places[name])
        if name in here.later:  # a function may be called after any of them
            yield from (p for p in places[name] if p > place and shows[p])


def _behind(
    name: str, place: int, read: Sequence[Bindings], shows: Sequence[bool], given: Sequence[int]
) -> Iterator[int]:
    """Backwards to the cell that binds the name whatever happens."""
    for source in reversed([p for p in given if p < place]):
        if shows[source]:
            yield source
        if name in read[source].binds:
            return
