"""Data sets drawn anew: run a data set's public recipe for a seed.

`data/<name>/recipe.py` is course code that everyone may read; only the seeds of a graded run are
secret.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from grader.core.errors import CourseError
from grader.core.question import Draw
from grader.core.requests import Rows
from grader.core.values import tensor


def draws(folder: Path, seeds: Iterable[int], hidden_pool: Path | None = None) -> tuple[Draw, ...]:
    """One `Draw` for each seed from the recipe in `folder`, such as `data/rumble`.

    A recipe over real sequences takes its hidden rows from `hidden_pool`, a file that only
    teachers have; without one it keeps back a part of the public sequences.
    """
    draw = load(folder)
    given = {} if hidden_pool is None else {"hidden_pool": hidden_pool}
    return tuple(make_draw(draw(seed, **given)) for seed in seeds)


def load(folder: Path) -> Callable[..., dict[str, dict[str, Any]]]:
    """The function `draw(seed)` of a data set. Raises CourseError when there is none."""
    path = folder / "recipe.py"
    spec = importlib.util.spec_from_file_location(f"recipe_{folder.name}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        message = f"{path} is missing: a data set that is drawn anew needs a recipe with draw(seed)"
        raise CourseError(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    draw: Callable[..., dict[str, dict[str, Any]]] = module.draw
    return draw


def make_draw(splits: dict[str, dict[str, Any]]) -> Draw:
    """The arrays that `draw(seed)` gave, as a Draw."""

    def rows(split: dict[str, Any]) -> Rows:
        lengths = tensor(split["lengths"]) if "lengths" in split else None
        return Rows(tensor(split["x"]), tensor(split["y"]), lengths)

    train, val, hidden = (rows(splits[name]) for name in ("train", "val", "hidden"))
    return Draw(train, val, hidden, tensor(splits["train"]["wrong"]))
