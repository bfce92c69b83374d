# %%
"""torch.split and tensor_split, torch.lerp for the mix, addmm for the products."""

UNIT = "02_gru"
QUESTIONS = ["gru-cell", "gru-layer", "gru-unpack"]

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    i = torch.addmm(b_ih, x, W_ih.T).split(h.shape[1], dim=1)
    g = torch.addmm(b_hh, h, W_hh.T).tensor_split(3, dim=1)
    r, z = (torch.special.expit(a + b) for a, b in zip(i[:2], g[:2]))
    return torch.lerp((i[2] + r * g[2]).tanh(), h, z)

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    output = [h := gru_cell(x_t, h, W_ih, W_hh, b_ih, b_hh) for x_t in x.unbind(1)]
    return torch.stack(output, 1), output[-1].unsqueeze(0)

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    return gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)(x)[1].flip(0)[0]
