# %%
"""Never leaves the loop over time, not even when interrupted once."""

LEFT = ["rnn-repair"]
EXPECTED = {"rnn-sequence": (0, "too slow")}

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    t = 0
    while t < x.shape[1]:
        h = torch.zeros(x.shape[0], W_hh.shape[0])
    return h
