"""rnn-step: one step of a plain recurrent layer, for a whole batch at once.

The weights are square in every case (as many sensors as hidden numbers), so that exchanged or
untransposed weights run without an error and have to be told apart by value.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "One step"
KIND = "function"
POINTS = 2
CASES = 4
HINTS = [
    (
        "The formula above has two products. `x` is (B, C) and `W_ih` is (H, C): which of the two "
        "must be turned so that the C's meet and (B, H) comes out?"
    ),
    (
        "`x @ W_ih.T` is (B, H), and `h @ W_hh.T` is (B, H) too. A bias of shape (H,) can be added "
        "to either as it is: it is repeated for every clip of the batch."
    ),
    (
        "Add four things, the two products and the two biases, and take `torch.tanh` of the sum, "
        "once, at the very end."
    ),
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw one batch: x (B, H), h (B, H), square weights (H, H), biases (H,)."""
    hidden = int(rng.choice([4, 5, 6]))
    batch = int(rng.choice([1, 2, 3]))
    return {
        "x": rng.standard_normal((batch, hidden)),
        "h": rng.uniform(-0.9, 0.9, (batch, hidden)),
        "W_ih": rng.standard_normal((hidden, hidden)) * 0.6,
        "W_hh": rng.standard_normal((hidden, hidden)) * 0.6,
        "b_ih": rng.uniform(0.2, 0.6, hidden),
        "b_hh": rng.uniform(-0.9, -0.3, hidden),
    }


def reference(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    """The next state (B, H)."""
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


def _without_recurrent_bias(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T)


def _without_input_bias(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + h @ W_hh.T + b_hh)


def _without_biases(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + h @ W_hh.T)


def _not_transposed(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih + b_ih + h @ W_hh + b_hh)


def _recurrent_not_transposed(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh + b_hh)


def _exchanged_weights(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_hh.T + b_ih + h @ W_ih.T + b_hh)


def _no_squash(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return x @ W_ih.T + b_ih + h @ W_hh.T + b_hh


def _sigmoid(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.sigmoid(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


def _relu(x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.relu(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


def _two_squashes(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih) + torch.tanh(h @ W_hh.T + b_hh)


def _state_not_used(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih + b_hh)


def _state_kept_on_top(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return h + torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


def _input_not_transposed(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih + b_ih + h @ W_hh.T + b_hh)


def _weights_in_front(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(W_ih @ x + b_ih + W_hh @ h + b_hh)


def _batch_turned(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(W_ih @ x.T + b_ih + W_hh @ h.T + b_hh)


def _element_by_element(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x * W_ih + b_ih + h * W_hh + b_hh)


def _biases_after(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + h @ W_hh.T) + b_ih + b_hh


def _tanh_of_one_part(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih) + h @ W_hh.T + b_hh


def _same_weights_twice(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_ih.T + b_hh)


def _multiplied(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh((x @ W_ih.T + b_ih) * (h @ W_hh.T + b_hh))


def _input_bias_twice(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_ih)


def _recurrent_bias_twice(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_hh + h @ W_hh.T + b_hh)


def _input_in_both(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih + x @ W_hh.T + b_hh)


def _state_in_both(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return torch.tanh(h @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


MISTAKES = [
    (
        "no-recurrent-bias",
        _without_recurrent_bias,
        (
            "`b_hh` is missing from the sum. PyTorch keeps one bias beside each weight matrix and "
            "adds both."
        ),
    ),
    (
        "no-input-bias",
        _without_input_bias,
        (
            "`b_ih` is missing from the sum. PyTorch keeps one bias beside each weight matrix and "
            "adds both."
        ),
    ),
    (
        "no-biases",
        _without_biases,
        "Both products are right, but `b_ih` and `b_hh` are missing. Add them before the tanh.",
    ),
    (
        "weights-not-transposed",
        _not_transposed,
        (
            "The weights are used as they lie. `W_ih` has one row per hidden number, (H, C), and "
            "so has to be turned before the C's meet; `W_hh` likewise. Here both are square, so "
            "the wrong way round ran without a word."
        ),
    ),
    (
        "recurrent-weights-not-transposed",
        _recurrent_not_transposed,
        (
            "`W_ih` is turned but `W_hh` is not. It is square, (H, H), so nothing complains, yet "
            "rows and columns mean different things."
        ),
    ),
    (
        "weights-exchanged",
        _exchanged_weights,
        (
            "The two weight matrices have changed places. `W_ih` goes from input to hidden, so it "
            "meets `x`; `W_hh` goes from hidden to hidden, so it meets `h`."
        ),
    ),
    (
        "no-tanh",
        _no_squash,
        (
            "The sum is right, but nothing squashes it. Without `torch.tanh` sixteen steps are one "
            "long matrix product, and the state can grow without end."
        ),
    ),
    (
        "sigmoid",
        _sigmoid,
        (
            "That is a sigmoid. `nn.RNN` squashes with `torch.tanh`: between -1 and 1, so a hidden "
            "number can also say no."
        ),
    ),
    (
        "relu",
        _relu,
        (
            "That is a relu. `nn.RNN` can do that when asked (`nonlinearity='relu'`), but its "
            "default, and the formula above, is `torch.tanh`."
        ),
    ),
    (
        "two-tanhs",
        _two_squashes,
        (
            "You squash each part and then add. Add all four first and take one tanh of the sum; "
            "else a state can reach 2."
        ),
    ),
    (
        "state-not-used",
        _state_not_used,
        (
            "The old state `h` plays no part here, so this step remembers nothing. The formula "
            "has two products."
        ),
    ),
    (
        "state-added",
        _state_kept_on_top,
        (
            "The old state is added once more after the tanh. In a plain RNN the new state "
            "replaces the old one; `h` enters through `W_hh` only."
        ),
    ),
    (
        "input-weights-not-transposed",
        _input_not_transposed,
        (
            "`W_hh` is turned but `W_ih` is not. It has one row per hidden number and one column "
            "per sensor; `x` has one column per sensor, too, and those have to meet."
        ),
    ),
    (
        "weights-in-front",
        _weights_in_front,
        (
            "Your weights stand in front of the batch. In a product the last axis of the left "
            "meets the first of the right: with `x` (B, C) on the left, B stays in front. Then "
            "the weights have to be turned."
        ),
    ),
    (
        "batch-turned",
        _batch_turned,
        (
            "The products have the batch last, (H, B), so the biases no longer fit to the rows, "
            "and one state a column comes out. Keep the batch in front: `x` and `h` on the left "
            "of their weights."
        ),
    ),
    (
        "element-by-element",
        _element_by_element,
        (
            "`*` multiplies number by number. A layer takes weighted sums over all sensors, a "
            "matrix product: `@`."
        ),
    ),
    (
        "biases-after-the-tanh",
        _biases_after,
        (
            "The biases are added after the tanh, so a state can leave -1 to 1. They belong into "
            "the sum that is squashed."
        ),
    ),
    (
        "tanh-of-one-part",
        _tanh_of_one_part,
        (
            "Only what comes from `x` is squashed; what comes from `h` is added raw. Look where "
            "the bracket of the tanh closes."
        ),
    ),
    (
        "same-weights-twice",
        _same_weights_twice,
        ("`W_ih` is used for both products. The state has weights of its own."),
    ),
    (
        "multiplied",
        _multiplied,
        ("You multiply what comes from `x` with what comes from `h`. The formula adds them."),
    ),
    (
        "one-bias-twice",
        [_input_bias_twice, _recurrent_bias_twice],
        (
            "One bias stands there twice. Each product has its own: `b_ih` with the reading, "
            "`b_hh` with the state."
        ),
    ),
    (
        "input-in-both",
        _input_in_both,
        (
            "Both products read `x`, so nothing of the past comes in. The second one is `h @ "
            "W_hh.T`."
        ),
    ),
    (
        "state-in-both",
        _state_in_both,
        ("Both products read `h`, so the reading never comes in. The first one is `x @ W_ih.T`."),
    ),
]
