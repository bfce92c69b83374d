# %%
"""Global variables hold the state between calls; the layer writes into a buffer made beforehand."""

UNIT = "02_gru"
QUESTIONS = ["gru-cell", "gru-layer", "gru-unpack"]

# %%
STATE = {}
CALLS = 0

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    global CALLS
    CALLS += 1
    STATE["h"] = h
    pre = {}
    for gate, a, b, c, d in zip("rzn", W_ih.chunk(3), b_ih.chunk(3), W_hh.chunk(3), b_hh.chunk(3)):
        pre[gate] = (x @ a.T + b, STATE["h"] @ c.T + d)
    r = torch.sigmoid(sum(pre["r"]))
    z = torch.sigmoid(sum(pre["z"]))
    n = torch.tanh(pre["n"][0] + r * pre["n"][1])
    STATE["h"] = (1 - z) * n + z * STATE["h"]
    return STATE["h"]

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    B, T = x.shape[:2]
    STATE["h"] = torch.zeros(B, W_hh.shape[1])
    STATE["buffer"] = torch.full((T, B, W_hh.shape[1]), torch.nan)
    for t in range(T):
        STATE["buffer"][t] = gru_cell(x[:, t], STATE["h"], W_ih, W_hh, b_ih, b_hh)
    return STATE["buffer"].movedim(0, 1), STATE["h"].unsqueeze(0)

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    STATE["out"], STATE["h_n"] = gru(x)
    return STATE["h_n"].view(len(W_ih), len(x), -1)[-1]
