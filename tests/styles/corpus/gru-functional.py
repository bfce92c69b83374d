# %%
"""A scan with closures; a named tuple goes out where a tuple is asked for."""

UNIT = "02_gru"
QUESTIONS = ["gru-cell", "gru-layer", "gru-unpack"]

# %%
from collections import namedtuple
from functools import reduce

Result = namedtuple("Result", "output h_n")


def scan(step, start, xs):
    """All states of h = step(h, x)."""
    return reduce(lambda hs, x: [*hs, step(hs[-1], x)], xs, [start])[1:]

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    gates = zip(F.linear(x, W_ih, b_ih).split(h.size(1), -1), F.linear(h, W_hh, b_hh).split(h.size(1), -1))
    (ir, hr), (iz, hz), (n_in, n_h) = gates
    return torch.lerp(torch.tanh(n_in + (ir + hr).sigmoid() * n_h), h, (iz + hz).sigmoid())

# %% answer="gru-layer"
def gru_layer(x, *w):
    start = torch.zeros(len(x), w[1].size(-1))
    states = scan(lambda h, x_t: gru_cell(x_t, h, *w), start, x.unbind(1))
    return Result(output=torch.stack(states).transpose(0, 1), h_n=states[-1].expand(1, -1, -1))

# %% answer="gru-unpack"
def summarise(x, *stacked):
    layers = list(zip(*stacked))
    return reduce(lambda seq, w: gru_layer(seq, *w).output, layers, x).select(1, -1)
