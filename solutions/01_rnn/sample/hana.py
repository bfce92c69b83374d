# %%
"""Mends the read-out of the careless layer, but not the layer."""

LEFT = ["rnn-repair"]
EXPECTED = {"rnn-layout": (0, "wrong", "batch-as-time-h-n")}

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x)
    summary = h_n[-1]
    return summary
