"""Have a recipe build its model without training it, and notice what a recipe trains on.

`lab.fit` asks `fitting` before it trains. Where only the model is wanted it then returns at once; a
recipe with a loop of its own is left at its first gradient, and nothing is known of its model until
it has been trained. What such a run changed by name or drew from generators is put back, so that a
training after it gives the same bits as one without.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.wire.torch_compat import exchanged_backward

if TYPE_CHECKING:
    from grader.wire.splits import Split

# A recipe that trains until something is reached would never end on untrained models.
MOST_FITS = 20


class NotBuiltError(BaseException):
    """Leaves a recipe that does not build its model without training it.

    No Exception, so that a recipe's own `except Exception` does not keep it.
    """


@dataclass
class RecipeWatch:
    """One run of a recipe. Shares are of the rows given: 0 where all is as it should be.

    `relabelled` of the training rows that `lab.fit` saw had another label than they were given
    with; `validated` of the validation rows were among those trained on.
    """

    train: Split
    val: Split
    only_build: bool = False
    fits: int = 0
    relabelled: float = 0.0
    validated: float = 0.0
    _labels: dict[bytes, set[bytes]] = field(default_factory=dict)

    def saw(self, given: Split) -> None:
        """Compare what is trained on with what the recipe was given."""
        if given.x is self.train.x and given.y is self.train.y:
            return
        if not self._labels:
            for row, label in zip(_rows(self.train.x), _rows(self.train.y), strict=True):
                self._labels.setdefault(row, set()).add(label)
        pairs = list(zip(_rows(given.x), _rows(given.y), strict=True))
        known = [(row, label) for row, label in pairs if row in self._labels]
        if known and given.y.dtype == self.train.y.dtype:
            other = sum(label not in self._labels[row] for row, label in known)
            self.relabelled = max(self.relabelled, other / len(known))
        unseen = set(_rows(self.val.x)) - set(self._labels)
        if unseen:
            trained = len(unseen & {row for row, _ in pairs})
            self.validated = max(self.validated, trained / len(unseen))


_watches: list[RecipeWatch] = []


@contextmanager
def watching(watch: RecipeWatch) -> Iterator[RecipeWatch]:
    """Note what `lab.fit` is given inside the block."""
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.pop()


def fitting(train: Split) -> bool:
    """Called by `lab.fit`: note its training rows; True where it shall return without training."""
    if not _watches:
        return False
    watch = _watches[-1]
    watch.fits += 1
    with contextlib.suppress(Exception):  # rows of odd forms are told of by whoever trains
        watch.saw(train)
    if watch.only_build and watch.fits > MOST_FITS:
        raise NotBuiltError
    return watch.only_build


@contextmanager
def untouched(recipe: object) -> Iterator[None]:
    """Leave the recipe's module as it was: names, and generators of random numbers.

    Nothing that the block prints or warns of is shown; gradients raise NotBuiltError.
    """
    names: dict[str, Any] = getattr(recipe, "__globals__", {})
    before = dict(names)
    around = inspect.getclosurevars(recipe).nonlocals if inspect.isfunction(recipe) else {}
    restore = [_restorer(thing) for thing in [*before.values(), *around.values()]]
    try:
        with (
            no_gradients(NotBuiltError),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        for name in set(names) - set(before):
            del names[name]
        names.update(before)
        for put_back in restore:
            put_back()


def _restorer(thing: Any) -> Callable[[], Any]:
    import torch

    if isinstance(thing, torch.Generator):
        state = thing.get_state()
        return lambda: thing.set_state(state)
    if isinstance(thing, np.random.Generator):
        kept = thing.bit_generator.state
        return lambda: setattr(thing.bit_generator, "state", kept)
    if type(thing) is random.Random:
        drawn = thing.getstate()
        return lambda: thing.setstate(drawn)
    return lambda: None


@contextmanager
def no_gradients(error: type[BaseException], *words: str) -> Iterator[None]:
    """Raise `error(*words)` wherever a gradient is asked for or an optimiser steps."""
    from torch.optim import optimizer

    def refuse(*_args: Any, **_options: Any) -> Any:
        raise error(*words)

    handle = optimizer.register_optimizer_step_pre_hook(refuse)
    try:
        with exchanged_backward(refuse):
            yield
    finally:
        handle.remove()


def _rows(tensor: Any) -> list[bytes]:
    array = tensor.detach().cpu().numpy()
    return [row.tobytes() for row in np.ascontiguousarray(array)]
