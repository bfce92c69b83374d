# %% right
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip(0)
    return turned

# %% right
def reverse(x, lengths):
    turned = torch.zeros_like(x)
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = torch.flip(x[i, :n], dims=[0])
    return turned

# %% right
def reverse(x, lengths):
    B, T, C = x.shape
    turned = x.clone()
    for i in range(B):
        for t in range(lengths[i]):
            turned[i, t] = x[i, lengths[i] - 1 - t]
    return turned

# %% right
def reverse(x, lengths):
    t = torch.arange(x.shape[1])
    index = lengths[:, None] - 1 - t
    index = torch.where(index >= 0, index, t)
    return torch.gather(x, 1, index[:, :, None].expand(-1, -1, x.shape[2]))

# %% right
def reverse(x, lengths):
    rows = []
    for row, n in zip(x, lengths):
        rows.append(torch.cat([row[:n].flip(0), row[n:]]))
    return torch.stack(rows)

# %% right
def reverse(x, lengths):
    flipped = x.flip(1)
    return torch.stack([flipped[i].roll(int(n) - x.shape[1], dims=0) for i, n in enumerate(lengths)])

# %% right
def reverse(x, lengths):
    seqs = [s[:n].flip(0) for s, n in zip(x, lengths)]
    out = nn.utils.rnn.pad_sequence(seqs, batch_first=True)
    return F.pad(out, (0, 0, 0, x.shape[1] - out.shape[1]))

# %% whole-box-flipped
def reverse(x, lengths):
    return x.flip(1)

# %% whole-box-flipped
def reverse(x, lengths):
    turned = torch.flip(x, [1])
    return turned

# %% negative-step
def reverse(x, lengths):
    turned = x[:, ::-1]
    return turned

# %% negative-step
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n][::-1]
    return turned

# %% negative-step
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, n-1::-1]
    return turned

# %% input-changed
def reverse(x, lengths):
    for i in range(len(x)):
        n = lengths[i]
        x[i, :n] = x[i, :n].flip(0)
    return x

# %% input-changed
def reverse(x, lengths):
    turned = x
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip(0)
    return turned

# %% time-and-features-flipped
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip(0, 1)
    return turned

# %% features-flipped
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip(1)
    return turned

# %% features-flipped
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip(-1)
    return turned

# %% axis-out-of-range
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip(2)
    return turned

# %% flip-without-axis
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip()
    return turned

# %% last-step-left-out
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n - 1] = x[i, :n - 1].flip(0)
    return turned

# %% only-the-sequences
def reverse(x, lengths):
    turned = []
    for i in range(len(x)):
        turned.append(x[i, :lengths[i]].flip(0))
    return turned

# %% only-the-sequences
def reverse(x, lengths):
    turned = []
    for i in range(len(x)):
        turned.append(x[i, :lengths[i]].flip(0))
    return torch.stack(turned)

# %% mask-without-an-axis
def reverse(x, lengths):
    mask = torch.arange(x.shape[1]) < lengths[:, None]
    return x.flip(1) * mask

# %% flipped-and-masked
def reverse(x, lengths):
    mask = torch.arange(x.shape[1]) < lengths[:, None]
    return x.flip(1) * mask[:, :, None]

# %% one-length-for-all
def reverse(x, lengths):
    turned = x.clone()
    n = lengths[0]
    turned[:, :n] = x[:, :n].flip(1)
    return turned

# %% whole-box-flipped
def reverse(x, lengths):
    turned = x.clone()
    n = lengths.max()
    turned[:, :n] = x[:, :n].flip(1)
    return turned

# %% tensor-as-a-slice
def reverse(x, lengths):
    turned = x.clone()
    turned[:, :lengths] = x[:, :lengths].flip(1)
    return turned

# %% off-by-one
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        for t in range(lengths[i]):
            turned[i, t] = x[i, lengths[i] - t]
    return turned

# %% batch-flipped
def reverse(x, lengths):
    return x.flip(0)

# %% reads-what-it-writes
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        for t in range(lengths[i]):
            turned[i, t] = turned[i, lengths[i] - 1 - t]
    return turned

# %% unchanged
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        x[i, :n].flip(0)
    return turned

# %% nothing-returned
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = lengths[i]
        turned[i, :n] = x[i, :n].flip(0)

# %% lengths-from-the-zeros
def reverse(x, lengths):
    turned = x.clone()
    for i in range(len(x)):
        n = int((x[i].abs().sum(dim=1) > 0).sum())
        turned[i, :n] = x[i, :n].flip(0)
    return turned
