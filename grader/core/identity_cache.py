"""Keep what was made of an object, by which object it is: for large ones that are shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class IdentityCache(Generic[Thing, Made]):
    """Calls `make` once for each object, and keeps at most `most` results (None: all of them).

    The oldest goes first, and `drop` is called with it.
    """

    def __init__(
        self,
        make: Callable[[Thing], Made],
        most: int | None = None,
        drop: Callable[[Made], object] = lambda _: None,
    ) -> None:
        self._make = make
        self._most = most
        self._drop = drop
        # the object is kept, too: its id must not come to mean another one
        self._kept: dict[int, tuple[Thing, Made]] = {}

    def get(self, thing: Thing) -> Made:
        """What `make` gave for this object."""
        if id(thing) not in self._kept:
            while self._most is not None and len(self._kept) >= self._most:
                self._drop(self._kept.pop(next(iter(self._kept)))[1])
            self._kept[id(thing)] = (thing, self._make(thing))
        return self._kept[id(thing)][1]
