# %%
"""The state is changed in place: right numbers that autograd cannot go back through."""

UNIT = "02_gru"
QUESTIONS = ["gru-layer"]

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    output = []
    for t in range(x.shape[1]):
        i = (x[:, t] @ W_ih.T + b_ih).chunk(3, 1)
        g = (h @ W_hh.T + b_hh).chunk(3, 1)
        r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
        n = torch.tanh(i[2] + r * g[2])
        h.mul_(z).add_((1 - z) * n)
        output.append(h.clone())
    return torch.stack(output, 1), h[None]
