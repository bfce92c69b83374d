"""Hear what the two classes of the bearing data are like: two seconds of the same kind of noise."""

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from grader.core.errors import UsageError
from grader.lab.data import DataSet, recipe

if TYPE_CHECKING:
    import torch

SECONDS, RATE = 2.0, 8000
SIGNS = {"rumble": 1.0, "hiss": -1.0}
"""Whether a reading pulls the next one its own way or the other; how strongly, the recipe says."""


class Players:
    """Named sounds for the end of a cell."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def _repr_html_(self) -> str:
        import IPython.display

        audio: Any = IPython.display.Audio  # untyped there
        return "".join(
            f"<p>{html.escape(name)}<br>{audio(waveform(phi(name)), rate=RATE)._repr_html_()}</p>"
            for name in self.names
        )

    def __repr__(self) -> str:
        return f"{SECONDS:g} seconds each of: {', '.join(self.names)}"


def listen(what: "DataSet | torch.Tensor | str") -> Players:
    """Play two seconds made by the rule of each class of a data set, or of one class.

    A single sequence (steps, sensors) is too short to be heard: its readings tell which rule made
    it, whatever its label says, and that rule is played.
    """
    if isinstance(what, DataSet):
        return Players(list(what.classes))
    return Players([_class_of(what)])


def phi(name: str) -> float:
    """How much of each reading is left in the next, with its sign: the rule of a class."""
    return SIGNS[name] * float(recipe("rumble").PHI)


def waveform(pull: float) -> npt.NDArray[np.float64]:
    """Two seconds of x_t = pull·x_{t-1} + noise; the same every time, softly begun and ended."""
    rng = np.random.default_rng(0)
    noise = np.sqrt(1 - pull**2) * rng.normal(size=int(SECONDS * RATE))
    made = np.empty_like(noise)
    made[0] = noise[0]
    for t in range(1, len(noise)):
        made[t] = pull * made[t - 1] + noise[t]
    fade = np.minimum(1.0, np.minimum(np.arange(len(made)), np.arange(len(made))[::-1]) / 400)
    softened: npt.NDArray[np.float64] = made * fade
    return softened


def _class_of(clip: "str | torch.Tensor") -> str:
    if isinstance(clip, str):
        if clip not in SIGNS:
            message = f"You asked to hear {clip!r}. There are 'rumble' and 'hiss'."
            raise UsageError(message)
        return clip
    if clip.dim() != 2:
        message = (
            f"You passed a tensor of shape {tuple(clip.shape)}. One sequence (steps, sensors) was "
            "expected, for instance data.train.x[0]."
        )
        raise UsageError(message)
    together = float((clip[1:] * clip[:-1]).sum())
    return "rumble" if together > 0 else "hiss"
