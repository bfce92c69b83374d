# %%
"""Loops over rows with plain Python numbers; lists become tensors at the end."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-mask-mean", "packing-batch-sizes", "packing-both-ways", "packing-collate"]

# %% answer="packing-gather"
def last_valid(output, lengths):
    return torch.stack([row[n - 1] for row, n in zip(output, lengths.tolist())])

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    means = []
    for row, n in zip(output, lengths):
        total = 0
        for step in row[: int(n)]:
            total = total + step
        means.append((total / n).tolist())
    return torch.tensor(means)

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    sizes = []
    t = 0
    while any(n > t for n in lengths):
        sizes.append(sum(1 for n in lengths if n > t))
        t += 1
    return torch.tensor(sizes, dtype=torch.int32)

# %% answer="packing-both-ways"
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    ends = []
    for row, n in zip(x, lengths.tolist()):
        _, h_n = rnn(row[None, :n])
        ends.append(torch.cat([h_n[0, 0], h_n[1, 0]]))
    return torch.stack(ends)

# %% answer="packing-collate"
def collate(batch):
    longest = 0
    for call, label in batch:
        if call.shape[0] > longest:
            longest = call.shape[0]
    x = torch.zeros(len(batch), longest, batch[0][0].shape[1])
    lengths, y = [], []
    for i, (call, label) in enumerate(batch):
        x[i, : len(call)] = call
        lengths.append(len(call))
        y.append(label)
    return [x, torch.LongTensor(lengths), torch.LongTensor(y)]
