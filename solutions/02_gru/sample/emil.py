# %%
"""Returns the output alone, views h_n into rows, and gives two wrong letters."""

LEFT = ["gru-repair"]
EXPECTED = {
    "gru-layer": (0, "wrong", "output-only"),
    "gru-unpack": (0, "wrong", "viewed"),
    "gru-challenge-1": (0, "wrong"),
    "gru-challenge-5": (0, "wrong"),
}

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n.view(x.shape[0], -1)

# %% answer="gru-challenge-1"
gru_challenge_1 = "a"

# %% answer="gru-challenge-5"
gru_challenge_5 = "a"
