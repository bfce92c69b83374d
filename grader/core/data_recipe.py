"""Data sets drawn anew: run a data set's public recipe for a seed, and give the rows new names.

`data/<name>/recipe.py` is course code that everyone may read; only the seeds of a graded run are
secret. `core.recoded_draws` sees to it that nothing else which is known from outside fits a draw.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.core.errors import CourseError
from grader.core.question import Draw
from grader.core.recoded_draws import Recoding, recoded
from grader.core.requests import Rows
from grader.core.values import tensor


def draws(folder: Path, seeds: Iterable[int], hidden_pool: Path | None = None) -> tuple[Draw, ...]:
    """One `Draw` for each seed from the recipe in `folder`, such as `data/rumble`.

    A recipe over real sequences takes its hidden rows from `hidden_pool`, a file that only
    teachers have; without one it keeps back a part of the public sequences.
    What the recipe's RECODED lets change is drawn anew for each, by its own seed.
    """
    module = load(folder)
    given = {} if hidden_pool is None else {"hidden_pool": hidden_pool}
    return tuple(
        make_draw(recoded(module.draw(seed, **given), recoding(module), seed, place))
        for place, seed in enumerate(seeds)
    )


def recoding(recipe: ModuleType) -> Recoding:
    """What a recipe says may change beside its rows: nothing, where it has no RECODED."""
    return Recoding(**getattr(recipe, "RECODED", {}))


def load(folder: Path) -> ModuleType:
    """The recipe of a data set, with `draw(seed)`. Raises CourseError when there is none."""
    path = folder / "recipe.py"
    spec = importlib.util.spec_from_file_location(f"recipe_{folder.name}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        message = f"{path} is missing: a data set that is drawn anew needs a recipe with draw(seed)"
        raise CourseError(message)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        message = f"{path}: it cannot be run: {type(error).__name__}: {error}"
        raise CourseError(message) from error
    return module


def make_draw(splits: dict[str, dict[str, Any]]) -> Draw:
    """The arrays that `draw(seed)` gave, as a Draw."""

    def rows(split: dict[str, Any]) -> Rows:
        lengths = tensor(split["lengths"]) if "lengths" in split else None
        return Rows(tensor(split["x"]), tensor(split["y"]), lengths)

    train, val, hidden = (rows(splits[name]) for name in ("train", "val", "hidden"))
    return Draw(train, val, hidden, tensor(splits["train"]["wrong"]))
