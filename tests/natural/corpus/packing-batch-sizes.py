# %% right
def batch_sizes(lengths):
    return torch.stack([(lengths > t).sum() for t in range(int(lengths.max()))])

# %% right
def batch_sizes(lengths):
    steps = torch.arange(lengths.max())
    return (lengths > steps[:, None]).sum(dim=1)

# %% right
def batch_sizes(lengths):
    return torch.tensor([sum(n > t for n in lengths.tolist()) for t in range(max(lengths.tolist()))])

# %% right
def batch_sizes(lengths):
    sizes = torch.zeros(lengths.max(), dtype=torch.long)
    for n in lengths:
        sizes[:n] += 1
    return sizes

# %% right
def batch_sizes(lengths):
    ends = torch.bincount(lengths)[1:]
    return ends.flip(0).cumsum(0).flip(0)

# %% right
def batch_sizes(lengths):
    x = torch.zeros(len(lengths), lengths.max(), 1)
    return pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False).batch_sizes

# %% right
def batch_sizes(lengths):
    mask = torch.arange(int(lengths.max()))[None] < lengths[:, None]
    return mask.long().sum(0)

# %% a-list
def batch_sizes(lengths):
    return [int((lengths > t).sum()) for t in range(int(lengths.max()))]

# %% a-list
def batch_sizes(lengths):
    sizes = []
    for t in range(lengths.max()):
        sizes.append((lengths > t).sum())
    return sizes

# %% one-too-many
def batch_sizes(lengths):
    return torch.stack([(lengths >= t).sum() for t in range(int(lengths.max()))])

# %% right
def batch_sizes(lengths):
    return torch.stack([(lengths >= t).sum() for t in range(1, int(lengths.max()) + 1)])

# %% step-of-nobody
def batch_sizes(lengths):
    return torch.stack([(lengths > t).sum() for t in range(int(lengths.max()) + 1)])

# %% first-step-left-out
def batch_sizes(lengths):
    return torch.stack([(lengths > t).sum() for t in range(1, int(lengths.max()))])

# %% as-many-as-rows
def batch_sizes(lengths):
    return torch.stack([(lengths > t).sum() for t in range(len(lengths))])

# %% sorted-lengths
def batch_sizes(lengths):
    return lengths.sort(descending=True).values

# %% sorted-lengths
def batch_sizes(lengths):
    return torch.sort(lengths, descending=True)[0]

# %% lengths
def batch_sizes(lengths):
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    return mask.sum(dim=1)

# %% not-summed
def batch_sizes(lengths):
    return torch.arange(int(lengths.max()))[:, None] < lengths

# %% without-an-axis
def batch_sizes(lengths):
    return (lengths > torch.arange(int(lengths.max()))).sum(dim=1)

# %% without-an-axis
def batch_sizes(lengths):
    steps = torch.arange(lengths.max())
    return (steps < lengths).sum()

# %% endings
def batch_sizes(lengths):
    return torch.stack([(lengths == t).sum() for t in range(1, int(lengths.max()) + 1)])

# %% floats
def batch_sizes(lengths):
    sizes = torch.zeros(lengths.max())
    for n in lengths:
        sizes[:n] += 1
    return sizes

# %% rectangle
def batch_sizes(lengths):
    return torch.tensor([len(lengths)] * int(lengths.max()))

# %% sorted-lengths
def batch_sizes(lengths):
    return lengths.sort()[0]

# %% one-number
def batch_sizes(lengths):
    return (lengths > 0).sum()

# %% several-returned
def batch_sizes(lengths):
    return torch.sort(lengths, descending=True)

# %% endings
def batch_sizes(lengths):
    return torch.bincount(lengths)[1:]

# %% endings
def batch_sizes(lengths):
    return torch.bincount(lengths)

# %% rows-that-have-ended
def batch_sizes(lengths):
    return torch.stack([(lengths < t).sum() for t in range(int(lengths.max()))])

# %% upside-down
def batch_sizes(lengths):
    return torch.stack([(lengths > t).sum() for t in range(int(lengths.max()))]).flip(0)
