# %%
"""The tanh from exponentials, sums over broadcast products, no matrix product anywhere."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state"]

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    total = (x[:, None, :] * W_ih).sum(-1) + (h[:, None, :] * W_hh).sum(-1) + b_ih + b_hh
    return 1 - 2 / (torch.exp(2 * total) + 1)

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    history = [x.new_zeros(x.shape[0], W_hh.shape[0])]
    while len(history) <= x.shape[1]:
        history.append(rnn_step(x[:, len(history) - 1], history[-1], W_ih, W_hh, b_ih, b_hh))
    return torch.stack(history, 1)[:, 1:]

# %% answer="rnn-last-state"
def last_state(output, h_n):
    return (output * F.one_hot(torch.tensor(output.shape[1] - 1), output.shape[1])[None, :, None]).sum(1)
