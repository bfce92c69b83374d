# %%
"""Answers lie elsewhere: helper cells define them, answer cells only name them; scratch is left about."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %%
def squash_sum(*parts):
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return torch.tanh(total)

# %%
#   does this even work?
squash_sum(torch.zeros(3), torch.ones(3))

# %%
1 / 0  # I wanted to see what happens

# %%
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    return squash_sum(x @ W_ih.T, b_ih, h @ W_hh.T, b_hh)

# %% answer="rnn-step"
# see above

# %%
class my:
    @classmethod
    def rnn(cls, x, W_ih, W_hh, b_ih, b_hh, h=None, states=()):
        """Recursion over time."""
        if x.shape[1] == 0:
            return torch.stack(states, 1)
        h = rnn_step(x[:, 0], torch.zeros(len(x), len(b_ih)) if h is None else h, W_ih, W_hh, b_ih, b_hh)
        return cls.rnn(x[:, 1:], W_ih, W_hh, b_ih, b_hh, h, (*states, h))

# %% answer="rnn-sequence"
rnn_sequence = my.rnn

# %% answer="rnn-last-state"
from types import SimpleNamespace

answers = SimpleNamespace()
answers.last_state = lambda output, h_n: h_n[h_n.shape[0] - 1, :, :]
last_state = answers.last_state

# %%
del answers

# %% answer="rnn-layout"
def mended(x, *weights, **options):
    return rnn_with(*weights, **options)(x)


summarise = lambda x, W_ih, W_hh, b_ih, b_hh: mended(x, W_ih, W_hh, b_ih, b_hh, batch_first=True)[0][:, -1]
