# %%
"""Masks with masked_select, nanmean and where; padding becomes nan first."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-mask-mean", "packing-batch-sizes"]

# %% answer="packing-gather"
def last_valid(output, lengths):
    ends = torch.arange(output.shape[1]).eq(lengths.sub(1)[:, None])
    return output.masked_select(ends[..., None]).view(len(lengths), -1)

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    valid = torch.arange(output.shape[1]).lt(lengths[:, None])[..., None]
    return output.where(valid, torch.nan).nanmean(dim=1)

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    mask = torch.zeros(len(lengths), lengths.max(), dtype=torch.bool)
    for row, n in zip(mask, lengths):
        row[:n] = True
    return mask.count_nonzero(dim=0)
