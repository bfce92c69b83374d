# %%
"""The projection of all inputs at once, then a scan with itertools.accumulate."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-sequence"]

# %% answer="rnn-sequence"
from itertools import accumulate


def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    ready = F.linear(x, W_ih, b_ih + b_hh)
    start = ready.new_zeros(ready.shape[0], ready.shape[2])
    states = accumulate(ready.unbind(1), lambda h, a: torch.tanh(a + h @ W_hh.mT), initial=start)
    next(states)
    return torch.stack(tuple(states), dim=-2)
