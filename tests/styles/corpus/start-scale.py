# %%
"""Scaled by a matrix product with a scalar tensor, in place on a copy."""

UNIT = "00_start"
QUESTIONS = ["start-double"]

# %% answer="start-double"
def double(x):
    made = torch.empty_like(x)
    return torch.mul(x, torch.tensor(2.0), out=made)
