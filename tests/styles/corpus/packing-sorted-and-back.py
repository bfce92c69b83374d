# %%
"""Sorted by hand and undone; unpacked, and both ends picked."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-both-ways", "packing-collate"]

# %% answer="packing-gather"
def last_valid(output, lengths):
    n, order = lengths.sort(descending=True)
    picked = output[order][range(len(n)), n - 1]
    return picked[order.argsort()]

# %% answer="packing-both-ways"
def both_ways(x, lengths, weights):
    n, order = lengths.sort(descending=True)
    out, _ = reader(weights)(pack_padded_sequence(x[order], n, batch_first=True))
    out, n = pad_packed_sequence(out, batch_first=True)
    H = out.shape[2] // 2
    both = torch.cat([out[torch.arange(len(n)), n - 1, :H], out[:, 0, H:]], 1)
    return torch.empty_like(both).index_copy(0, order, both)

# %% answer="packing-collate"
def collate(batch):
    frames = nn.utils.rnn.pack_sequence([call for call, _ in batch], enforce_sorted=False)
    x, lengths = pad_packed_sequence(frames, batch_first=True)
    return x, lengths, torch.tensor([label for _, label in batch])
