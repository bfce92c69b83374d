# %%
"""Doubles by default: the whole notebook computes in float64 from here on."""

UNIT = "02_gru"
QUESTIONS = ["gru-cell", "gru-layer", "gru-unpack"]

# %%
torch.set_default_dtype(torch.float64)


def doubled(*tensors):
    return [t.double() for t in tensors]

# %% answer="gru-cell"
def gru_cell(*given):
    x, h, W_ih, W_hh, b_ih, b_hh = doubled(*given)
    W_ir, W_iz, W_in = W_ih.view(3, -1, x.shape[1])
    W_hr, W_hz, W_hn = W_hh.view(3, h.shape[1], -1)
    b_ir, b_iz, b_in = b_ih.view(3, -1)
    b_hr, b_hz, b_hn = b_hh.view(3, -1)
    r = torch.sigmoid(x @ W_ir.T + b_ir + h @ W_hr.T + b_hr)
    z = torch.sigmoid(x @ W_iz.T + b_iz + h @ W_hz.T + b_hz)
    n = torch.tanh(x @ W_in.T + b_in + r * (h @ W_hn.T + b_hn))
    return n - z * n + z * h

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(len(x), W_hh.shape[1])
    output = torch.zeros(*x.shape[:2], W_hh.shape[1])
    for t in range(x.shape[1]):
        output[:, t] = h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
    return output, h[None]

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x.double())
    return h_n[-1]
