# %%
"""Writes the GRU of her textbook, which spoils the layer that calls it as well."""

LEFT = ["gru-repair"]
EXPECTED = {
    "gru-cell": (0, "wrong", "reset-before-the-matrix"),
    "gru-layer": (0, "wrong"),
}

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    x_r, x_z, x_n = (x @ W_ih.T + b_ih).chunk(3, dim=1)
    h_r, h_z, _ = (h @ W_hh.T + b_hh).chunk(3, dim=1)
    r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + (r * h) @ W_hh.chunk(3)[2].T + b_hh.chunk(3)[2])
    return (1 - z) * n + z * h
