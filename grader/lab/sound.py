"""Hear what the two classes of the bearing data are like: two seconds of the same kind of noise."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from grader.core.errors import UsageError

if TYPE_CHECKING:
    import torch

SECONDS, RATE = 2.0, 8000
PHI = {"rumble": 0.69, "hiss": -0.69}
"""How much of each reading is left in the next, with its sign: the rule that made the data."""


def listen(clip: "str | torch.Tensor") -> Any:
    """Play two seconds made by the rule of a class; a player for the end of a cell.

    `clip` is "rumble", "hiss", or a sequence (steps, sensors) that is too short to hear itself: its
    readings tell which rule made it, whatever its label says.
    """
    import IPython.display

    audio: Any = IPython.display.Audio  # untyped there
    return audio(waveform(PHI[_class_of(clip)]), rate=RATE)


def waveform(phi: float) -> npt.NDArray[np.float64]:
    """Two seconds of x_t = phi·x_{t-1} + noise; the same every time, softly begun and ended."""
    rng = np.random.default_rng(0)
    noise = np.sqrt(1 - phi**2) * rng.normal(size=int(SECONDS * RATE))
    made = np.empty_like(noise)
    made[0] = noise[0]
    for t in range(1, len(noise)):
        made[t] = phi * made[t - 1] + noise[t]
    fade = np.minimum(1.0, np.minimum(np.arange(len(made)), np.arange(len(made))[::-1]) / 400)
    softened: npt.NDArray[np.float64] = made * fade
    return softened


def _class_of(clip: "str | torch.Tensor") -> str:
    if isinstance(clip, str):
        if clip not in PHI:
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
