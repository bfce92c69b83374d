# %%
"""Functional: folds, partials and one-liners, nothing is ever assigned twice."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %%
from functools import partial, reduce
from itertools import accumulate
from operator import itemgetter

compose = lambda *fs: reduce(lambda f, g: lambda *a: g(f(*a)), fs)

# %% answer="rnn-step"
def affine(weight, bias):
    return lambda v: F.linear(v, weight, bias)


def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(sum(f(v) for f, v in ((affine(W_ih, b_ih), x), (affine(W_hh, b_hh), h))))

# %% answer="rnn-sequence"
rnn_sequence = lambda x, *w: torch.stack(
    list(accumulate(x.unbind(1), lambda h, x_t: rnn_step(x_t, h, *w), initial=x.new_zeros(len(x), w[1].size(0))))[1:],
    dim=1,
)

# %% answer="rnn-last-state"
last_state = compose(lambda output, h_n: h_n, itemgetter(-1))

# %% answer="rnn-layout"
_layer = partial(rnn_with, batch_first=True)
summarise = lambda x, *w: compose(_layer(*w), itemgetter(0), partial(torch.select, dim=1, index=-1))(x)
