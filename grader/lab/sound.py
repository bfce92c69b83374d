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
NAMES = ("rumble", "hiss")


class Players:
    """Named sounds for the end of a cell."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def _repr_html_(self) -> str:
        import IPython.display

        audio: Any = IPython.display.Audio  # untyped there
        return "".join(
            f"<p>{html.escape(name)}<br>{audio(waveform(name), rate=RATE)._repr_html_()}</p>"
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


def waveform(name: str) -> npt.NDArray[np.float64]:
    """Two seconds of one sensor from the data set's own recipe, softly begun and ended."""
    made = recipe("rumble")
    truth = np.array([made.CLASSES.index(name)])
    steps = int(SECONDS * RATE)
    clip: npt.NDArray[np.float64] = made.draw_clips(np.random.default_rng(0), truth, steps)[0, :, 0]
    fade = np.minimum(1.0, np.minimum(np.arange(steps), np.arange(steps)[::-1]) / 400)
    return clip * fade


def _class_of(clip: "str | torch.Tensor") -> str:
    if isinstance(clip, str):
        if clip not in NAMES:
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
