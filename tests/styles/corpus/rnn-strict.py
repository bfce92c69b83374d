# %%
"""A strict house: warnings are errors, numpy raises on underflow, deterministic algorithms only."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %%
from __future__ import annotations

import numpy as np

warnings.simplefilter("error")
np.seterr(all="raise")
torch.use_deterministic_algorithms(True)
torch.set_grad_enabled(False)
torch.set_printoptions(profile="full")
torch.manual_seed(20261121)

# %% answer="rnn-step"
def rnn_step(
    x: torch.Tensor, h: torch.Tensor, W_ih: torch.Tensor, W_hh: torch.Tensor, b_ih: torch.Tensor, b_hh: torch.Tensor
) -> torch.Tensor:
    """Tests itself.

    >>> rnn_step(*(torch.zeros(2, 2) for _ in range(6)))
    tensor([[0., 0.],
            [0., 0.]])
    """
    batch, features = x.shape
    hidden = h.shape[1]
    assert W_ih.shape == (hidden, features) or features == 2
    assert h.shape[0] == batch
    return torch.addmm(b_ih, x, W_ih.T).add_(torch.addmm(b_hh, h, W_hh.T)).tanh_()


import doctest

print(doctest.testmod())

# %% answer="rnn-sequence"
def rnn_sequence(x: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
    assert len(weights) == 4, weights
    match x.shape:
        case (batch, steps, _):
            pass
        case _:
            raise ValueError(x.shape)
    hidden = weights[1].shape[0]
    output: torch.Tensor = x.new_full((batch, steps, hidden), float("nan"))
    h = x.new_zeros(batch, hidden)
    t = 0
    while t < steps:
        h = output[:, t] = rnn_step(x[:, t], h, *weights)
        t += 1
    assert not output.isnan().any()
    return output

# %% answer="rnn-last-state"
def last_state(output: torch.Tensor, h_n: torch.Tensor) -> torch.Tensor:
    torch.testing.assert_close(output[:, -1], h_n[-1])
    return h_n[-1].clone().requires_grad_()

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = nn.RNN(x.shape[-1], b_hh.shape[0], batch_first=True)
    rnn.weight_ih_l0.data = W_ih
    rnn.weight_hh_l0.data = W_hh
    rnn.bias_ih_l0.data = b_ih
    rnn.bias_hh_l0.data = b_hh
    with torch.inference_mode():
        return rnn(x)[1].flatten(0, 1)
