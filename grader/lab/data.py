"""The course's data sets: `load` what is committed, `draw` the same kind of data anew.

Lessons and checks call this. It looks for `data/` in GRADER_DATA, then beside the notebook and
upward; what the notebook was released with goes first. It never downloads and never writes.
"""

import contextlib
import functools
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.core import data_messages, data_recipe
from grader.core import unit_file as units
from grader.core.data_checksums import checksums
from grader.core.errors import SetupError
from grader.core.unit_file import Unit
from grader.lab import frontend, run_context
from grader.wire import channels
from grader.wire.splits import Split, split_from_arrays

if TYPE_CHECKING:
    import torch


NAMED_CLASSES = 12


@dataclass(frozen=True, eq=False)
class DataSet:
    """A data set as the lesson uses it.

    Attributes:
        name: str, the folder in `data/`.
        train: Split to train on.
        val: Split to validate on.
        wrong: bool tensor (N,), which labels of `train` were flipped on purpose.
        wrong_val: bool tensor (N,), the same for `val`.
        classes: tuple of str; `classes[label]` names a label. A language model's are its words.

    Example:
        >>> lab.load("rumble")
        DataSet('rumble': train (300, 16, 8), val (1000, 16, 8), classes rumble, hiss)
    """

    name: str
    train: Split
    val: Split
    wrong: "torch.Tensor"
    wrong_val: "torch.Tensor"
    classes: tuple[str, ...]

    def __repr__(self) -> str:
        """Sizes instead of thousands of numbers."""
        named = ", ".join(self.classes[:NAMED_CLASSES])
        if len(self.classes) > NAMED_CLASSES:  # a language model's classes are all its words
            named += f", … ({len(self.classes)})"
        return (
            f"DataSet({self.name!r}: train {tuple(self.train.x.shape)}, "
            f"val {tuple(self.val.x.shape)}, classes {named})"
        )


def load(name: str) -> DataSet:
    """Load a committed data set from `data/<name>/<name>.npz`.

    Args:
        name: str, such as "rumble". The folder is looked for in GRADER_DATA, then beside the
            notebook and in each folder above.

    Returns:
        DataSet, the same each time.

    Raises:
        SetupError: no folder of this name has a recipe, or the file cannot be read.

    Example:
        >>> data = lab.load("rumble")
        >>> data.train.x.shape, data.classes
        (torch.Size([300, 16, 8]), ('rumble', 'hiss'))
        >>> int(data.wrong.sum())
        33
    """
    path = data_folder(name) / f"{name}.npz"
    try:
        with np.load(path) as arrays:
            return _loaded(name, arrays)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        unit = _beside()
        said = f"{type(error).__name__}: {error}"
        message = data_messages.unreadable(name, str(path), said, unit.name if unit else "")
        raise SetupError(message) from error


def _loaded(name: str, arrays: Any) -> DataSet:
    import torch

    return DataSet(
        name=name,
        train=_split({key: arrays[f"train_{key}"] for key in _keys(arrays, "train")}),
        val=_split({key: arrays[f"val_{key}"] for key in _keys(arrays, "val")}),
        wrong=torch.from_numpy(arrays["train_wrong"].astype(bool)),
        wrong_val=torch.from_numpy(arrays["val_wrong"].astype(bool)),
        classes=tuple(recipe(name).CLASSES),
    )


def draw(name: str, seed: int) -> tuple[Split, Split, Split]:
    """Draw a data set anew by its recipe; the same seed draws the same rows.

    Args:
        name: str, such as "rumble", found as `load` finds it.
        seed: int, 0 or more.

    Returns:
        Three `Split`s: training, validation and hidden rows.

    Raises:
        SetupError: no folder of this name has a recipe.

    Example:
        >>> train, val, hidden = lab.draw("rumble", 1)
        >>> hidden
        Split(x=(2000, 16, 8), y=(2000,))
    """
    drawn: dict[str, dict[str, Any]] = recipe(name).draw(seed)
    return _split(drawn["train"]), _split(drawn["val"]), _split(drawn["hidden"])


def recipe(name: str) -> ModuleType:
    """Import `data/<name>/recipe.py`, once in a process.

    Args:
        name: str, such as "rumble", found as `load` finds it.

    Returns:
        The module; it defines `draw(seed)` and `CLASSES`.

    Raises:
        SetupError: no folder of this name has a recipe.

    Example:
        >>> lab.recipe("rumble").CLASSES
        ('rumble', 'hiss')
    """
    return _recipe(data_folder(name))


def data_folder(name: str) -> Path:
    """Find the folder of the data set `name`. Raises SetupError saying where it was looked for.

    Among several the one that the notebook was released with; where there is none of those the
    first, and a note says so. A graded run has one place, and whoever grades answers for it.
    """
    named, here = os.environ.get("GRADER_DATA"), Path.cwd()
    places = [parent / "data" for parent in [here, *here.parents]]
    if named:
        places = [Path(named), *([] if frontend.is_graded() else places)]
    found = [place / name for place in places if (place / name / "recipe.py").is_file()]
    unit = None if channels.current() else _beside()
    if not found:
        looked = f"GRADER_DATA={named}, " if named else ""
        looked += f"a folder `data` in {here} or above it"
        known = sorted({path.parent.name for place in places for path in place.glob("*/recipe.py")})
        message = data_messages.missing(name, looked, known, unit.name if unit else "")
        raise SetupError(message)
    wanted = unit.data.get(name) if unit else None
    if unit is None or wanted is None:
        return found[0]
    fits = next((folder for folder in found if checksums(folder) == wanted), None)
    if fits is None:
        _note_another_release(unit, name, found[0])
    return fits or found[0]


def _note_another_release(unit: Unit, name: str, folder: Path) -> None:
    """Say it once in a kernel; the notebook goes on."""
    noted = run_context.current().folders_noted
    if folder in noted:
        return
    noted.add(folder)
    there, wanted = checksums(folder), unit.data[name]
    differ = sorted(file for file in {*there, *wanted} if there.get(file) != wanted.get(file))
    print(data_messages.another_release(name, str(folder), differ, unit.name, unit.release))


def _beside() -> Unit | None:
    """The `unit.json` beside the notebook, where one can be read; a check says what is wrong."""
    with contextlib.suppress(SetupError):
        return units.find(Path.cwd())
    return None


_recipe = functools.cache(data_recipe.load)


def _keys(arrays: Any, part: str) -> list[str]:
    wanted = ["x", "y", "lengths"]
    return [key for key in wanted if f"{part}_{key}" in arrays]


def _split(arrays: dict[str, Any]) -> Split:
    return split_from_arrays(arrays["x"], arrays["y"], arrays.get("lengths"))
