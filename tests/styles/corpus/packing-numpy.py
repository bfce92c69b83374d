# %%
"""numpy masks and fancy indices; float64 inside."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-mask-mean", "packing-batch-sizes", "packing-both-ways", "packing-collate"]

# %%
import numpy as np

# %% answer="packing-gather"
def last_valid(output, lengths):
    states, n = output.numpy(), lengths.numpy()
    return torch.from_numpy(states[np.arange(n.size), n - 1])

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    states, n = np.array(output, dtype=np.float64), np.array(lengths)
    valid = np.arange(states.shape[1])[None] < n[:, None]
    return torch.from_numpy(np.average(states, axis=1, weights=np.repeat(valid[..., None], states.shape[2], -1)))

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    n = lengths.numpy()
    return torch.as_tensor(np.cumsum(np.bincount(n, minlength=n.max() + 1)[::-1])[::-1][1:].copy())

# %% answer="packing-both-ways"
def both_ways(x, lengths, weights):
    arrays = [w.numpy().astype(np.float64) for w in weights]
    halves = []
    for W_ih, W_hh, b_ih, b_hh in (arrays[:4], arrays[4:]):
        rows = []
        for row, n in zip(x.numpy(), lengths.numpy()):
            h = np.zeros(len(b_ih))
            for frame in row[:n] if not halves else row[:n][::-1]:
                h = np.tanh(W_ih @ frame + b_ih + W_hh @ h + b_hh)
            rows.append(h)
        halves.append(np.array(rows))
    return torch.from_numpy(np.concatenate(halves, axis=1))

# %% answer="packing-collate"
def collate(batch):
    calls, labels = zip(*batch)
    lengths = np.array([c.shape[0] for c in calls])
    x = np.zeros((len(calls), lengths.max(), calls[0].shape[1]), dtype=np.float32)
    for i, c in enumerate(calls):
        x[i, : lengths[i]] = c
    return torch.from_numpy(x), torch.from_numpy(lengths), torch.from_numpy(np.array(labels))
