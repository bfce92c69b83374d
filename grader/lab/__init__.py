"""What a notebook imports: `from grader import lab`, then `lab.load`, `lab.fit`, `lab.check` ...

Names are imported when they are first used, so that this import is quick and needs no torch. The
modules carry other names than the functions, because importing a submodule sets an attribute here.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.lab.data import DataSet, draw, load
    from grader.lab.history import Epoch, History
    from grader.lab.measure import accuracy, learnt_by_heart, logits
    from grader.lab.plot import LossPlot
    from grader.lab.randomness import seed
    from grader.lab.training import fit
    from grader.wire.split import Split

__all__ = [
    "DataSet",
    "Epoch",
    "History",
    "LossPlot",
    "Split",
    "accuracy",
    "draw",
    "fit",
    "learnt_by_heart",
    "load",
    "logits",
    "seed",
]

_HOMES = {
    "DataSet": "grader.lab.data",
    "Epoch": "grader.lab.history",
    "History": "grader.lab.history",
    "LossPlot": "grader.lab.plot",
    "Split": "grader.wire.split",
    "accuracy": "grader.lab.measure",
    "draw": "grader.lab.data",
    "fit": "grader.lab.training",
    "learnt_by_heart": "grader.lab.measure",
    "load": "grader.lab.data",
    "logits": "grader.lab.measure",
    "seed": "grader.lab.randomness",
}


def __getattr__(name: str) -> Any:
    """Import a public name's module on first use."""
    if name not in _HOMES:
        message = f"lab has no {name!r}. It has: {', '.join(__all__)}."
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Offer the public names on Tab."""
    return list(__all__)
