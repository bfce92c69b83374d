# %% right
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(dim=1) / lengths[:, None]

# %% right
def masked_mean(output, lengths):
    return torch.stack([output[i, :n].mean(dim=0) for i, n in enumerate(lengths)])

# %% right
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    mask = mask.unsqueeze(-1).float()
    return (output * mask).sum(1) / mask.sum(1)

# %% right
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return output.masked_fill(~mask[..., None], 0).sum(1) / lengths.unsqueeze(1)

# %% right
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return torch.nanmean(torch.where(mask[:, :, None], output, torch.nan), dim=1)

# %% right
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    w = mask / lengths[:, None]
    return torch.einsum('bt,bth->bh', w, output)

# %% right
def masked_mean(output, lengths):
    sums = output.cumsum(dim=1)
    return sums[torch.arange(len(lengths)), lengths - 1] / lengths.view(-1, 1)

# %% divided-without-an-axis
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(dim=1) / lengths

# %% divided-without-an-axis
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    total = (output * mask.unsqueeze(2)).sum(1)
    return total / mask.sum(1)

# %% mask-without-an-axis
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask).sum(dim=1) / lengths[:, None]

# %% rows-against-steps
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths
    return (output * mask[:, :, None]).sum(dim=1) / lengths[:, None]

# %% all-columns
def masked_mean(output, lengths):
    return output.mean(dim=1)

# %% divided-by-all
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).mean(dim=1)

# %% not-masked
def masked_mean(output, lengths):
    return output.sum(dim=1) / lengths[:, None]

# %% not-divided
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(dim=1)

# %% one-mean-for-all
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return output[mask].mean(dim=0)

# %% one-mean-for-all
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return output[mask].mean(0)

# %% one-too-many
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) <= lengths[:, None]
    return (output * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]

# %% one-too-many-in-the-sum
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) <= lengths[:, None]
    return (output * mask[:, :, None]).sum(1) / lengths[:, None]

# %% count-of-the-batch
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(1) / mask.sum()

# %% one-number
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return output[mask].mean()

# %% input-changed
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    output[~mask] = 0
    return output.sum(1) / lengths[:, None]

# %% over-the-numbers
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(dim=2) / lengths[:, None]

# %% tensor-as-a-slice
def masked_mean(output, lengths):
    return output[:, :lengths].mean(dim=1)

# %% time-axis-left
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(dim=1, keepdim=True) / lengths[:, None, None]

# %% padding-only
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) >= lengths[:, None]
    return (output * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

# %% what-is-not-zero
def masked_mean(output, lengths):
    mask = output != 0
    return (output * mask).sum(1) / mask.sum(1)

# %% a-list
def masked_mean(output, lengths):
    return [output[i, :lengths[i]].mean(dim=0) for i in range(len(lengths))]

# %% one-number-a-row
def masked_mean(output, lengths):
    return torch.stack([output[i, :lengths[i]].mean() for i in range(len(lengths))])

# %% rows-against-steps
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(dim=0) / lengths[:, None]

# %% squeezed
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return ((output * mask[:, :, None]).sum(dim=1, keepdim=True) / lengths[:, None, None]).squeeze()


# %% divided-by-one-too-few
def masked_mean(output, lengths):
    mask = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * mask[:, :, None]).sum(dim=1) / (lengths - 1)[:, None]
