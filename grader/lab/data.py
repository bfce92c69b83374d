"""The course's data sets: `load` what is committed, `draw` the same kind of data anew.

Lessons and checks call this. It looks for `data/` in GRADER_DATA, then upward from the working
folder; it never downloads and never writes.
"""

import functools
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.core.errors import CourseError, SetupError
from grader.wire.split import Split, split_from_arrays

if TYPE_CHECKING:
    import torch


NAMED_CLASSES = 12


@dataclass(frozen=True, eq=False)
class DataSet:
    """A data set as the lesson uses it.

    `wrong` and `wrong_val` are bool masks (N,) over `train` and `val`: labels flipped on purpose.
    `classes` names the labels 0, 1, ... in order.
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
    """Load the committed data set `name`, such as "rumble".

    Raises SetupError where there is no `data/` folder to be found, or no such data set in it.
    """
    import torch

    folder = data_folder(name)
    with np.load(folder / f"{name}.npz") as arrays:
        return DataSet(
            name=name,
            train=_split({key: arrays[f"train_{key}"] for key in _keys(arrays, "train")}),
            val=_split({key: arrays[f"val_{key}"] for key in _keys(arrays, "val")}),
            wrong=torch.from_numpy(arrays["train_wrong"].astype(bool)),
            wrong_val=torch.from_numpy(arrays["val_wrong"].astype(bool)),
            classes=tuple(recipe(name).CLASSES),
        )


def draw(name: str, seed: int) -> tuple[Split, Split, Split]:
    """Draw training, validation and hidden splits anew by the data set's recipe; repeatable."""
    drawn: dict[str, dict[str, Any]] = recipe(name).draw(seed)
    return _split(drawn["train"]), _split(drawn["val"]), _split(drawn["hidden"])


def recipe(name: str) -> ModuleType:
    """Load `data/<name>/recipe.py`, which defines `draw(seed)` and CLASSES."""
    return _module(data_folder(name) / "recipe.py")


def data_folder(name: str) -> Path:
    """Find the folder of the data set `name`. Raises SetupError saying where it was looked for."""
    named = os.environ.get("GRADER_DATA")
    here = Path.cwd()
    places = [Path(named)] if named else [parent / "data" for parent in [here, *here.parents]]
    for place in places:
        if (place / name / "recipe.py").is_file():
            return place / name
    looked = f"GRADER_DATA={named}" if named else f"a folder `data` in {here} or above it"
    known = sorted({path.parent.name for place in places for path in place.glob("*/recipe.py")})
    found = f"There are: {', '.join(known)}." if known else "No data sets were found there."
    message = (
        f"There is no data set {name!r} in {looked}. {found} Open the notebook inside the course's "
        "folder (`make lab` does), or set GRADER_DATA to the course's `data` folder."
    )
    raise SetupError(message)


@functools.cache
def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"recipe_of_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        message = f"{path} cannot be loaded as Python."
        raise CourseError(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _keys(arrays: Any, part: str) -> list[str]:
    wanted = ["x", "y", "lengths"]
    return [key for key in wanted if f"{part}_{key}" in arrays]


def _split(arrays: dict[str, Any]) -> Split:
    return split_from_arrays(arrays["x"], arrays["y"], arrays.get("lengths"))
