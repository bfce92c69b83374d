# %%
"""Written for one clip, and mapped over the batch with torch.vmap."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %% answer="rnn-step"
def one(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(W_ih @ x + b_ih + W_hh @ h + b_hh)


rnn_step = torch.vmap(one, in_dims=(0, 0, None, None, None, None))

# %% answer="rnn-sequence"
def one_clip(x, W_ih, W_hh, b_ih, b_hh):
    h, states = torch.zeros(len(b_hh)), []
    for t in range(len(x)):
        h = one(x[t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states)


rnn_sequence = torch.vmap(one_clip, in_dims=(0, None, None, None, None))

# %% answer="rnn-last-state"
last_state = torch.vmap(lambda clip, states: clip[-1], in_dims=(0, 1))

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    return rnn_sequence(x, W_ih, W_hh, b_ih, b_hh).select(1, x.shape[1] - 1)
