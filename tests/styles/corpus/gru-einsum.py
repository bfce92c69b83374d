# %%
"""einsum for every product, the blocks as an axis of their own."""

UNIT = "02_gru"
QUESTIONS = ["gru-cell", "gru-layer", "gru-unpack"]

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    H = h.shape[-1]
    i = torch.einsum('bc,ghc->gbh', x, W_ih.view(3, H, -1)) + b_ih.view(3, 1, H)
    g = torch.einsum('bk,ghk->gbh', h, W_hh.view(3, H, H)) + b_hh.view(3, 1, H)
    r, z = torch.sigmoid(i[:2] + g[:2])
    return torch.einsum('bh,bh->bh', 1 - z, torch.tanh(i[2] + r * g[2])) + z * h

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    i = torch.einsum('btc,jc->tbj', x, W_ih)
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    eye, none = torch.eye(W_ih.shape[0]), []
    for part in i:
        h = gru_cell(part, h, eye, W_hh, b_ih, b_hh)
        none.append(h)
    return torch.stack(none).permute(1, 0, 2), h.view(1, *h.shape)

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    output, h_n = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)(x)
    last = torch.zeros(x.shape[1])
    last[-1] = 1
    return torch.einsum('bth,t->bh', output, last)
