# %%
"""Sorts the calls by length, as packing once wanted it, and forgets the labels."""

LEFT = ["packing-repair", "packing-challenge-2"]
EXPECTED = {
    "packing-collate": (0, "wrong", "labels-not-sorted"),
    "packing-challenge-4": (0, "wrong", "option-a"),
}

# %% answer="packing-collate"
def collate(batch):
    calls = sorted([call for call, _ in batch], key=len, reverse=True)
    lengths = torch.tensor([len(call) for call in calls])
    return pad_sequence(calls, batch_first=True), lengths, torch.tensor([y for _, y in batch])

# %% answer="packing-challenge-4"
packing_challenge_4 = "a"
