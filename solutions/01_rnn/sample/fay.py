# %%
"""Stacks the states with time first."""

LEFT = ["rnn-repair"]
EXPECTED = {"rnn-sequence": (0, "wrong", "time-first")}

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    output = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        output.append(h)
    output = torch.stack(output)
    return output
