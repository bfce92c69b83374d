"""One split of a data set as learner code receives it: torch tensors with a length.

`lab.load`, `lab.draw` and the worker's call of `train_model(train, val)` all hand out this one
class, so a recipe that runs on the page runs unchanged when it is graded. torch is imported
only when tensors are made.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class Split:
    """Sequences and their labels.

    Attributes:
        x: tensor, float32 (N, T, C), or int64 (N, T) for word ids.
        y: int64 tensor (N,), or (N, T) with -100 where padded when every step has a label.
        lengths: int64 tensor (N,) on the CPU where sequences differ in length. Default None.

    Example:
        >>> import torch
        >>> split = lab.Split(torch.zeros(5, 16, 8), torch.tensor([0, 1, 0, 1, 0]))
        >>> split
        Split(x=(5, 16, 8), y=(5,))
        >>> split.rows(split.y == 1)
        Split(x=(2, 16, 8), y=(2,))
    """

    x: "torch.Tensor"
    y: "torch.Tensor"
    lengths: "torch.Tensor | None" = None

    def __len__(self) -> int:
        """How many sequences there are."""
        return len(self.y)

    def __repr__(self) -> str:
        """Sizes instead of thousands of numbers."""
        lengths = "" if self.lengths is None else f", lengths={tuple(self.lengths.shape)}"
        return f"Split(x={tuple(self.x.shape)}, y={tuple(self.y.shape)}{lengths})"

    def rows(self, index: "torch.Tensor | slice") -> "Split":
        """Pick the rows of `index`: positions, a mask over N, or a slice."""
        lengths = None if self.lengths is None else self.lengths[index]
        return Split(self.x[index], self.y[index], lengths)

    def to(self, device: "str | torch.device") -> "Split":
        """Move to `device`; lengths stay on the CPU, where `pack_padded_sequence` wants them."""
        return Split(self.x.to(device), self.y.to(device), self.lengths)


def split_from_arrays(
    x: npt.NDArray[Any], y: npt.NDArray[Any], lengths: npt.NDArray[Any] | None = None
) -> Split:
    """Make a split of numpy arrays; floats become float32, whole numbers int64. Copies."""
    import torch

    kind = np.float32 if x.dtype.kind == "f" else np.int64
    return Split(
        torch.from_numpy(x.astype(kind)),
        torch.from_numpy(y.astype(np.int64)),
        None if lengths is None else torch.from_numpy(lengths.astype(np.int64)),
    )
