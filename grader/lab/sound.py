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


class AudioPlayers:
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


def listen(what: "DataSet | torch.Tensor | str") -> AudioPlayers:
    """Play two seconds made by the rule of each class of the bearing data, or of one class.

    Args:
        what: DataSet (every class), str "rumble" or "hiss", or float tensor (T, sensors): one
            sequence, too short to be heard, of which the class is told by its readings, whatever
            its label says.

    Returns:
        AudioPlayers, which a notebook shows at the end of a cell.

    Raises:
        UsageError: there is no such class, or the tensor is no single sequence.

    Example:
        >>> lab.listen("hiss")
        2 seconds each of: hiss
    """
    if isinstance(what, DataSet):
        return AudioPlayers(list(what.classes))
    return AudioPlayers([_class_of(what)])


def waveform(name: str) -> npt.NDArray[np.float64]:
    """Two seconds of one sensor by the rule of the data set's recipe, softly begun and ended.

    Over so many steps, standard normal readings put in the order of the recipe's path are the path
    itself, so the path is what is played.
    """
    made = recipe("rumble")
    phi = made.PHI * (1.0, -1.0)[made.CLASSES.index(name)]
    steps = int(SECONDS * RATE)
    path = np.random.default_rng(0).standard_normal(steps)
    for t in range(1, steps):
        path[t] = phi * path[t - 1] + np.sqrt(1.0 - phi**2) * path[t]
    fade = np.minimum(1.0, np.minimum(np.arange(steps), np.arange(steps)[::-1]) / 400)
    return path * fade


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
