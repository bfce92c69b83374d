# %%
"""Flip the box and roll each row back; chunks and hstack."""

UNIT = "03_birnn"
QUESTIONS = ["birnn-reverse", "birnn-two-directions", "birnn-summary"]

# %% answer="birnn-reverse"
def reverse(x, lengths):
    steps = x.shape[1]
    return torch.stack([row.flip(0).roll(int(n), 0) if n < steps else row.flip(0) for row, n in zip(x, lengths)])

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    readers = (read(x, forward), read(x.flip(1), backward).flip(1))
    return torch.concatenate(readers, axis=-1)

# %% answer="birnn-summary"
def summary(output, h_n):
    there, back = output.chunk(2, dim=2)
    return torch.hstack([there[:, -1], back[:, 0]])
