# %%
"""One buffer, read and written at every step: autograd refuses it, and its numbers are right."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-sequence"]

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    output = torch.zeros(x.shape[0], x.shape[1] + 1, W_hh.shape[0])
    for t in range(x.shape[1]):
        output[:, t + 1] = torch.tanh(x[:, t] @ W_ih.T + b_ih + output[:, t] @ W_hh.T + b_hh)
    return output[:, 1:]
