# %% right
def last_valid(output, lengths):
    return output[torch.arange(len(lengths)), lengths - 1]

# %% right
def last_valid(output, lengths):
    rows = torch.arange(output.shape[0])
    return output[rows, lengths - 1, :]

# %% right
def last_valid(output, lengths):
    return torch.stack([output[i, n - 1] for i, n in enumerate(lengths)])

# %% right
def last_valid(output, lengths):
    idx = (lengths - 1).view(-1, 1, 1).expand(-1, 1, output.size(2))
    return output.gather(1, idx).squeeze(1)

# %% right
def last_valid(output, lengths):
    states = torch.zeros(output.shape[0], output.shape[2])
    for i in range(len(output)):
        states[i] = output[i, lengths[i] - 1]
    return states

# %% right
def last_valid(output, lengths):
    mask = torch.arange(output.shape[1]) == (lengths - 1)[:, None]
    return output[mask]

# %% right
def last_valid(output, lengths):
    mask = F.one_hot(lengths - 1, output.shape[1]).to(output.dtype)
    return torch.einsum('bt,bth->bh', mask, output)

# %% last-column
def last_valid(output, lengths):
    return output[:, -1]

# %% last-column
def last_valid(output, lengths):
    return output[:, -1, :]

# %% one-too-far
def last_valid(output, lengths):
    return output[torch.arange(len(lengths)), lengths]

# %% one-too-far
def last_valid(output, lengths):
    return torch.stack([output[i, lengths[i]] for i in range(len(output))])

# %% every-pair
def last_valid(output, lengths):
    return output[:, lengths - 1]

# %% every-pair
def last_valid(output, lengths):
    return output[:, lengths - 1, :]

# %% every-pair
def last_valid(output, lengths):
    return output[:, lengths]

# %% rows-for-steps
def last_valid(output, lengths):
    return output[lengths - 1]

# %% rows-for-steps
def last_valid(output, lengths):
    return output[lengths]

# %% squeezed
def last_valid(output, lengths):
    idx = (lengths - 1).view(-1, 1, 1).expand(-1, 1, output.size(2))
    return output.gather(1, idx).squeeze()

# %% time-axis-left
def last_valid(output, lengths):
    idx = (lengths - 1).view(-1, 1, 1).expand(-1, 1, output.size(2))
    return output.gather(1, idx)

# %% one-number
def last_valid(output, lengths):
    return output.gather(1, (lengths - 1)[:, None, None]).squeeze(1)

# %% gather-without-axes
def last_valid(output, lengths):
    return output.gather(1, lengths - 1)

# %% gather-without-axes
def last_valid(output, lengths):
    return torch.gather(output, 1, (lengths - 1)[:, None])

# %% all-valid-states
def last_valid(output, lengths):
    return output[:, :lengths - 1]

# %% a-list
def last_valid(output, lengths):
    return [output[i, lengths[i] - 1] for i in range(len(lengths))]

# %% longest-for-all
def last_valid(output, lengths):
    return output[:, lengths.max() - 1]

# %% all-valid-states
def last_valid(output, lengths):
    return torch.stack([output[i, :lengths[i]] for i in range(len(lengths))])

# %% rows-for-steps
def last_valid(output, lengths):
    return output[lengths - 1, torch.arange(len(lengths))]

# %% range-of-the-steps
def last_valid(output, lengths):
    return output[torch.arange(output.shape[1]), lengths - 1]

# %% time-axis-left
def last_valid(output, lengths):
    return torch.stack([output[i, lengths[i] - 1:lengths[i]] for i in range(len(lengths))])

# %% mean-over-the-valid
def last_valid(output, lengths):
    return torch.stack([output[i, :lengths[i]].mean(0) for i in range(len(lengths))])

# %% one-too-early
def last_valid(output, lengths):
    return output[torch.arange(len(lengths)), lengths - 2]
