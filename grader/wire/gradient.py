"""The gradient of what an answer returns, asked where the answer lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.core.requests import Differentiate
from grader.core.values import Tensor, Value
from grader.wire.values import from_object, to_object

if TYPE_CHECKING:
    import torch


def of(answer: Any, request: Differentiate) -> dict[str, Value]:
    """Call `answer` with gradients on, whatever its notebook has switched off, and go back once.

    The gradients of the inputs that `request` names; zeros where none flows. Raises what the
    answer or autograd raises.
    """
    import torch

    with torch.inference_mode(mode=False), torch.enable_grad():
        inputs = {name: to_object(value) for name, value in request.inputs.items()}
        leaves = [inputs[name].requires_grad_() for name in request.of]
        parts = _weighed(answer(*inputs.values()), request.toward)
        parts = [part for part in parts if part.requires_grad]
        found = (
            torch.autograd.grad(parts, leaves, allow_unused=True) if parts else [None] * len(leaves)
        )
    return {
        name: from_object(torch.zeros_like(leaf) if slope is None else slope)  # type: ignore[misc]
        for name, leaf, slope in zip(request.of, leaves, found, strict=True)
    }


def _weighed(made: Any, toward: Value) -> list[torch.Tensor]:
    """A number for each tensor of floats in the result: its sum, weighed by `toward`."""
    import torch

    if isinstance(toward, Tensor):
        if not isinstance(made, torch.Tensor):
            return []
        return [(made * to_object(toward).to(made)).sum()]
    if isinstance(toward, list | tuple) and isinstance(made, list | tuple):
        return [part for pair in zip(made, toward, strict=False) for part in _weighed(*pair)]
    return []
