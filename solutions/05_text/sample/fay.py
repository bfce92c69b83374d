# %%
"""Forgets the shift, takes the mean of the perplexities, and lets two challenges go wrong."""

LEFT = ["text-repair", "text-challenge-3"]
EXPECTED = {
    "text-shift": (0, "wrong", "not-shifted"),
    "text-perplexity": (0, "wrong", "mean-of-exp"),
    "text-challenge-1": (0, "wrong"),
    "text-challenge-4": (0, "wrong"),
}

# %% answer="text-shift"
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = inputs.masked_fill(inputs == 0, -100)
    return inputs, targets

# %% answer="text-perplexity"
def perplexity(logits, targets):
    real = targets >= 0
    return F.cross_entropy(logits[real], targets[real], reduction="none").exp().mean()

# %% answer="text-challenge-1"
text_challenge_1 = "a"

# %% answer="text-challenge-4"
text_challenge_4 = "b"
