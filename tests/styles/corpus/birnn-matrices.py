# %%
"""A permutation matrix for each sequence; everything is a product."""

UNIT = "03_birnn"
QUESTIONS = ["birnn-reverse", "birnn-two-directions", "birnn-summary"]

# %% answer="birnn-reverse"
def reverse(x, lengths):
    T = x.shape[1]
    t = torch.arange(T)
    n = lengths[:, None, None]
    turns = (t[None, :, None] + t[None, None, :] == n - 1) | ((t[:, None] == t[None]) & (t[None, :, None] >= n))
    return turns.to(x.dtype) @ x

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    turn = torch.eye(x.shape[1]).flip(0)
    return torch.cat([read(x, forward), turn @ read(turn @ x, backward)], 2)

# %% answer="birnn-summary"
def summary(output, h_n):
    left = torch.eye(2 * h_n.shape[2])[: h_n.shape[2]]
    right = torch.eye(2 * h_n.shape[2])[h_n.shape[2] :]
    return h_n[-2] @ left + h_n[-1] @ right
