# %%
"""Rows cut to their lengths and treated one by one."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-mask-mean", "packing-batch-sizes", "packing-collate"]

# %% answer="packing-gather"
def last_valid(output, lengths):
    return torch.vstack([row[:n][-1] for row, n in zip(output, lengths)])

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    parts = torch.cat([row[:n] for row, n in zip(output, lengths)]).split(lengths.tolist())
    return torch.stack([part.mean(0) for part in parts])

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    from itertools import zip_longest

    runs = zip_longest(*([1] * n for n in lengths.tolist()), fillvalue=0)
    return torch.tensor([*map(sum, runs)])

# %% answer="packing-collate"
def collate(batch):
    lengths = torch.tensor([call.shape[0] for call, _ in batch])
    x = batch[0][0].new_zeros(len(batch), lengths.max(), batch[0][0].shape[1])
    for row, (call, _) in zip(x, batch):
        row[: len(call)] = call
    return x, lengths, torch.tensor([y for _, y in batch], dtype=torch.int64)
