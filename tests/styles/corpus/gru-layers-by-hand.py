# %%
"""The stack read layer by layer with the own loop; the last step by narrow."""

UNIT = "02_gru"
QUESTIONS = ["gru-cell", "gru-layer", "gru-unpack"]

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    i, g = x @ W_ih.T + b_ih, h @ W_hh.T + b_hh
    H = h.shape[1]
    r = torch.sigmoid(i[:, :H] + g[:, :H])
    z = torch.sigmoid(i[:, H:-H] + g[:, H:-H])
    return (1 - z) * torch.tanh(i[:, -H:] + r * g[:, -H:]) + z * h

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h, states = x.new_zeros(x.shape[0], W_hh.shape[-1]), ()
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states += (h,)
    return torch.stack(states, -2), torch.stack(states[-1:])

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    for weights in zip(W_ih, W_hh, b_ih, b_hh):
        x = gru_layer(x, *weights)[0]
    return x.narrow(1, x.shape[1] - 1, 1)[:, 0]
