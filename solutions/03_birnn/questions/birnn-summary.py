"""birnn-summary: one vector a sequence from `h_n` of a bidirectional layer of any depth.

Always two or three layers, so that the first is not the top; a batch of one comes up often, which
is where `squeeze` shows. `output` and `h_n` agree as those of a real layer do.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The right summary"
KIND = "function"
POINTS = 3
CASES = 8
HINTS = [
    (
        "Look at the map above: the rows of `h_n` come in pairs, one pair a layer, and the top "
        "layer's is the last. So which two rows do you need, however many layers there are?"
    ),
    (
        "Counted from the end they are always the same: `h_n[-2]` has read forward, `h_n[-1]` "
        "backward. Each is (B, H)."
    ),
    "Side by side, forward first, on the axis of the numbers: `torch.cat([…, …], dim=1)`.",
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw what such a layer would return: output (B, T, 2H) and h_n (2 * layers, B, H)."""
    batch = int(rng.choice([1, 1, 1, 2, 4]))
    steps, hidden = int(rng.choice([5, 6])), int(rng.choice([3, 7]))
    layers = int(rng.choice([2, 3]))
    output = rng.uniform(-0.95, 0.95, (batch, steps, 2 * hidden))
    h_n = rng.uniform(-0.95, 0.95, (2 * layers, batch, hidden))
    h_n[-2] = output[:, -1, :hidden]
    h_n[-1] = output[:, 0, hidden:]
    return {"output": output, "h_n": h_n}


def reference(output: Tensor, h_n: Tensor) -> Tensor:
    """The top layer's two last states side by side, forward first: (B, 2H)."""
    return torch.cat([h_n[-2], h_n[-1]], dim=1)


def _last_step(output: Tensor, h_n: Tensor) -> Tensor:
    """`output[:, -1]` of two directions."""
    return output[:, -1]


def _first_step(output: Tensor, h_n: Tensor) -> Tensor:
    return output[:, 0]


def _all_in_a_row(output: Tensor, h_n: Tensor) -> Tensor:
    """`h_n.view(B, -1)`."""
    return h_n.reshape(output.shape[0], -1)


def _top_reshaped(output: Tensor, h_n: Tensor) -> Tensor:
    """`h_n[-2:].view(B, -1)`."""
    return h_n[-2:].reshape(output.shape[0], -1)


def _all_layers(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n.transpose(0, 1).reshape(output.shape[0], -1)


def _first_layer(output: Tensor, h_n: Tensor) -> Tensor:
    """`cat(h[0], h[1])` with stacked layers."""
    return torch.cat([h_n[0], h_n[1]], dim=1)


def _directions_outside(output: Tensor, h_n: Tensor) -> Tensor:
    by_direction = h_n.reshape(2, -1, *h_n.shape[1:])
    return torch.cat([by_direction[0, -1], by_direction[1, -1]], dim=1)


def _ends_of_h_n(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([h_n[0], h_n[-1]], dim=1)


def _swapped(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([h_n[-1], h_n[-2]], dim=1)


def _backward_only(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[-1]


def _forward_only(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[-2]


def _twice_the_same(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([h_n[-1], h_n[-1]], dim=1)


def _squeezed(output: Tensor, h_n: Tensor) -> Tensor:
    """`squeeze()` and a batch of one."""
    return reference(output, h_n).squeeze()


def _on_the_batch(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([h_n[-2], h_n[-1]], dim=0)


def _stacked(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.stack([h_n[-2], h_n[-1]], dim=1)


def _summed(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[-2] + h_n[-1]


def _mean_over_time(output: Tensor, h_n: Tensor) -> Tensor:
    return output.mean(dim=1)


def _stacked_first(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.stack([h_n[-2], h_n[-1]])


def _both_ends_whole(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([output[:, -1], output[:, 0]], dim=1)


def _halves_exchanged(output: Tensor, h_n: Tensor) -> Tensor:
    hidden = h_n.shape[2]
    return torch.cat([output[:, 0, :hidden], output[:, -1, hidden:]], dim=1)


def _averaged(output: Tensor, h_n: Tensor) -> Tensor:
    return (h_n[-2] + h_n[-1]) / 2


def _second_layer(output: Tensor, h_n: Tensor) -> Tensor:
    """`cat(h[2], h[3])`: the top one if there are two."""
    return torch.cat([h_n[2], h_n[3]], dim=1)


def _backward_of_two_layers(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([h_n[1], h_n[3]], dim=1)


def _forward_of_two_layers(output: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([h_n[0], h_n[2]], dim=1)


MISTAKES = [
    (
        "last-step",
        _last_step,
        (
            "At the last step the backward reader has only just begun: it has read one word. Its "
            "summary stands at its own end, the first step. Take both from `h_n`."
        ),
    ),
    (
        "first-step",
        _first_step,
        (
            "At the first step the backward reader is done, and the forward one has read one word. "
            "Each summary stands at its own end. Take both from `h_n`."
        ),
    ),
    (
        "h-n-reshaped",
        _all_in_a_row,
        (
            "`view` or `reshape` does not exchange axes: it cuts the row of numbers anew, and a "
            "sequence gets the states of its neighbours. Also, this is every layer; only the top "
            "one's two rows are asked for."
        ),
    ),
    (
        "top-rows-reshaped",
        _top_reshaped,
        (
            "The right two rows, but `reshape` does not exchange axes: one sequence's state is "
            "put beside its neighbour's. Transpose first, or join the two rows."
        ),
    ),
    (
        "all-layers",
        _all_layers,
        (
            "You have every layer's states side by side. Only the top layer's pair is asked for: "
            "the last two rows of `h_n`."
        ),
    ),
    (
        "first-layer",
        _first_layer,
        (
            "`h_n[0]` and `h_n[1]` are the two directions of the first layer. With one layer that "
            "is also the top; here there are more. Count from the end."
        ),
    ),
    (
        "directions-outside",
        _directions_outside,
        ("You read `h_n` as (directions, layers, B, H). It is layers outside, directions inside."),
    ),
    (
        "ends-of-h-n",
        _ends_of_h_n,
        (
            "`h_n[0]` is the first layer's forward state, `h_n[-1]` the top layer's backward one. "
            "Both must come from the top layer."
        ),
    ),
    (
        "order-swapped",
        _swapped,
        ("The right two states, in the wrong order: forward comes first."),
    ),
    (
        "backward-only",
        _backward_only,
        ("`h_n[-1]` is one row, (B, H): the backward reader alone. The head wants both."),
    ),
    (
        "forward-only",
        _forward_only,
        ("`h_n[-2]` is one row, (B, H): the forward reader alone. The head wants both."),
    ),
    (
        "twice-the-same",
        _twice_the_same,
        ("Both halves are the backward reader's. The forward one stands just before it in `h_n`."),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; for a batch of one `squeeze()` removes the batch axis too, "
            "and (1, 2H) becomes (2H,). Leave it out: the shape is right already."
        ),
    ),
    (
        "joined-on-the-batch",
        _on_the_batch,
        (
            "Axis 0 is the batch: you have put the backward states below the forward ones, (2B, "
            "H). The numbers of one sequence belong side by side."
        ),
    ),
    (
        "stacked",
        _stacked,
        (
            "`torch.stack` has made a new axis, (B, 2, H). A linear head wants one row a "
            "sequence, (B, 2H), which is what `torch.cat` makes."
        ),
    ),
    (
        "summed",
        _summed,
        "You added the two states. Side by side, (B, 2H), the head can weigh each on its own.",
    ),
    (
        "mean-over-time",
        _mean_over_time,
        (
            "That is the mean over all steps. It can be a good read-out, but the question asks for "
            "the two last states."
        ),
    ),
    (
        "directions-as-an-axis",
        _stacked_first,
        (
            "You have the right two rows, one behind the other: (2, B, H). A linear head wants "
            "one row a sequence, with both states side by side."
        ),
    ),
    (
        "both-ends-whole",
        _both_ends_whole,
        (
            "Each end of `output` holds both readers, so half of your numbers are from readers "
            "that have only just begun. Of each end take the half that is done."
        ),
    ),
    (
        "halves-exchanged",
        _halves_exchanged,
        (
            "You took the forward half at the first step and the backward half at the last: there "
            "each reader has read one word. Each is done at the other end."
        ),
    ),
    (
        "averaged",
        _averaged,
        ("You averaged the two states. Side by side, (B, 2H), the head can weigh each on its own."),
    ),
    (
        "second-layer",
        _second_layer,
        (
            "`h_n[2]` and `h_n[3]` are the second layer. With two layers that is also the top "
            "one; here there may be three. Count from the end."
        ),
    ),
    (
        "one-direction-of-two-layers",
        [_backward_of_two_layers, _forward_of_two_layers],
        (
            "These are two layers of one direction. In `h_n` a layer's forward and backward "
            "states stand next to each other; the last two rows are the top layer's."
        ),
    ),
]
