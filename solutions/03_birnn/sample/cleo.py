# %%
"""Turns whole boxes, does not turn the second reader's states back, and reads the last column."""

LEFT = ["birnn-repair"]
EXPECTED = {
    "birnn-reverse": (0, "wrong", "whole-box-flipped"),
    "birnn-two-directions": (0, "wrong", "not-flipped-back"),
    "birnn-summary": (0, "wrong", "last-step"),
}

# %% answer="birnn-reverse"
def reverse(x, lengths):
    return x.flip(1)

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward)
    output = torch.cat([there, back], dim=2)
    return output

# %% answer="birnn-summary"
def summary(output, h_n):
    both = output[:, -1]
    return both
