# %%
"""gather, einsum, where, PackedSequence's own fields, nested tensors: the short ways."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-mask-mean", "packing-batch-sizes", "packing-both-ways", "packing-collate"]

# %% answer="packing-gather"
def last_valid(output, lengths):
    return torch.take_along_dim(output, (lengths - 1).view(-1, 1, 1), dim=1).squeeze(1)

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    mask = (torch.arange(output.size(1))[None] < lengths[:, None]).to(output)
    return torch.einsum("bth,bt,b->bh", output, mask, 1 / lengths)

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    rows = torch.zeros(len(lengths), int(lengths.max()), 1)
    return pack_padded_sequence(rows, lengths, batch_first=True, enforce_sorted=False).batch_sizes

# %% answer="packing-both-ways"
def both_ways(x, lengths, weights):
    order = lengths.argsort(descending=True)
    packed = pack_padded_sequence(x[order], lengths[order], batch_first=True)
    _, h_n = reader(weights)(packed)
    return h_n.permute(1, 0, 2).reshape(len(x), -1)[order.argsort()]

# %% answer="packing-collate"
def collate(batch):
    calls, labels = map(list, zip(*batch))
    nested = torch.nested.nested_tensor(calls)
    return nested.to_padded_tensor(0.0), torch.tensor([*map(len, calls)]), torch.as_tensor(labels)
