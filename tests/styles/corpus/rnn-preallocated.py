# %%
"""Buffers made beforehand; each step reads what the last one wrote there."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.add(x @ W_ih.T + b_ih, h @ W_hh.T + b_hh).tanh_()

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    output = x.new_zeros(x.shape[0], x.shape[1], W_hh.shape[0])
    for t in range(x.shape[1]):
        before = output[:, t - 1].clone() if t else x.new_zeros(x.shape[0], W_hh.shape[0])
        output[:, t] = rnn_step(x[:, t], before, W_ih, W_hh, b_ih, b_hh)
    return output

# %% answer="rnn-last-state"
def last_state(output, h_n):
    state = torch.empty_like(h_n[0])
    state.copy_(h_n[-1])
    return state

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    summary = x.new_empty(x.shape[0], len(b_hh))
    summary[...] = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)(x)[0][:, -1]
    return summary
