# %%
"""Running sums: the mean from a cumsum, the staircase from counts."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-mask-mean", "packing-batch-sizes"]

# %% answer="packing-gather"
def last_valid(output, lengths):
    return torch.take_along_dim(output, lengths[:, None, None] - 1, 1).squeeze(1)

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    sums = output.cumsum(1)
    ends = sums[torch.arange(len(sums)), lengths - 1]
    return ends.div(lengths.unsqueeze(-1))

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    ended = torch.bincount(lengths)[:-1].cumsum(0)
    return len(lengths) - ended
