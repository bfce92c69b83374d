# %%
"""Cuts h_n up with view, adds the two readers, and gives two wrong letters."""

LEFT = ["birnn-repair"]
EXPECTED = {
    "birnn-two-directions": (0, "wrong", "summed"),
    "birnn-summary": (0, "wrong", "h-n-reshaped"),
    "birnn-challenge-2": (0, "wrong"),
    "birnn-challenge-5": (0, "wrong"),
}

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    return read(x, forward) + read(x.flip(1), backward).flip(1)

# %% answer="birnn-summary"
def summary(output, h_n):
    return h_n.view(output.shape[0], -1)

# %% answer="birnn-challenge-2"
birnn_challenge_2 = "b"

# %% answer="birnn-challenge-5"
birnn_challenge_5 = "a"
