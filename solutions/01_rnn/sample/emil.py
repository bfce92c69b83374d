# %%
"""Forgets one of the two biases in rnn_step, which spoils the loop that calls it as well."""

LEFT = ["rnn-repair"]
EXPECTED = {
    "rnn-step": (0, "wrong", "no-recurrent-bias"),
    "rnn-sequence": (0, "wrong"),
}

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step for a whole batch: x (B, C) and the old state h (B, H) give the new state (B, H)."""
    h_next = torch.tanh(x @ W_ih.T + h @ W_hh.T + b_ih)
    return h_next
