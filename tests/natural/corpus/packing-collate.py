# %% right
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    return x, lengths, y

# %% right
def collate(batch):
    calls, labels = zip(*batch)
    lengths = torch.tensor([c.shape[0] for c in calls])
    return pad_sequence(calls, batch_first=True), lengths, torch.tensor(labels)

# %% right
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    y = torch.tensor(labels)
    x = torch.zeros(len(batch), max(lengths), calls[0].shape[1])
    for i, call in enumerate(calls):
        x[i, :len(call)] = call
    return x, lengths, y

# %% right
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    y = torch.tensor(labels)
    T = int(lengths.max())
    x = torch.stack([F.pad(c, (0, 0, 0, T - len(c))) for c in calls])
    return x, lengths, y

# %% right
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    y = torch.tensor(labels)
    x, lengths = nn.utils.rnn.pad_packed_sequence(nn.utils.rnn.pack_sequence(calls, enforce_sorted=False), batch_first=True)
    return x, lengths, y

# %% right
def collate(batch):
    x = pad_sequence([b[0] for b in batch]).transpose(0, 1)
    lengths = torch.LongTensor([b[0].size(0) for b in batch])
    y = torch.LongTensor([b[1] for b in batch])
    return [x, lengths, y]

# %% time-first
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    y = torch.tensor(labels)
    x = pad_sequence(calls)
    return x, lengths, y

# %% not-padded
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    y = torch.tensor(labels)
    x = torch.stack(calls)
    return x, lengths, y

# %% not-padded
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    y = torch.tensor(labels)
    x = torch.tensor(calls)
    return x, lengths, y

# %% not-padded
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    y = torch.tensor(labels)
    x = torch.cat(calls)
    return x, lengths, y

# %% lengths-after-padding
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = torch.tensor([len(row) for row in x])
    return x, lengths, y

# %% lengths-after-padding
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = torch.tensor([x.shape[1]] * len(batch))
    return x, lengths, y

# %% lengths-from-the-frames
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = (x.abs().sum(dim=2) > 0).sum(dim=1)
    return x, lengths, y

# %% lengths-from-the-frames
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = (x != 0).any(dim=2).sum(dim=1)
    return x, lengths, y

# %% lengths-from-the-frames
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = (x[:, :, 0] != 0).sum(dim=1)
    return x, lengths, y

# %% lengths-of-a-frame
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = torch.tensor([call.shape[1] for call in calls])
    return x, lengths, y

# %% plain-lists
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    lengths = [len(call) for call in calls]
    return x, lengths, labels

# %% plain-lengths
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = [len(call) for call in calls]
    return x, lengths, y

# %% plain-labels
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    return x, lengths, labels

# %% labels-second
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    return x, y, lengths

# %% no-lengths
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    return x, y

# %% pairs-not-taken-apart
def collate(batch):
    x = pad_sequence(batch, batch_first=True)
    lengths = torch.tensor([len(b) for b in batch])
    y = torch.tensor([b[1] for b in batch])
    return x, lengths, y

# %% lengths-of-a-frame
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    lengths = torch.tensor([len(b) for b in batch])
    return x, lengths, y

# %% all-sorted
def collate(batch):
    batch = sorted(batch, key=lambda b: len(b[0]), reverse=True)
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    return x, lengths, y

# %% all-sorted
def collate(batch):
    batch.sort(key=lambda b: len(b[0]), reverse=True)
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    return x, lengths, y

# %% labels-not-sorted
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    y = torch.tensor(labels)
    calls = sorted(calls, key=len, reverse=True)
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    return x, lengths, y

# %% labels-as-floats
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.Tensor(labels)
    return x, lengths, y

# %% all-floats
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    x = pad_sequence(calls, batch_first=True)
    y = torch.Tensor(labels)
    lengths = torch.Tensor([len(c) for c in calls])
    return x, lengths, y

# %% left-padded
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    y = torch.tensor(labels)
    x = pad_sequence(calls, batch_first=True, padding_side='left')
    return x, lengths, y

# %% pairs-not-taken-apart
def collate(batch):
    calls, labels = batch
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor(labels)
    return x, lengths, y

# %% numbers-stacked
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.stack(labels)
    return x, lengths, y

# %% cut-to-the-shortest
def collate(batch):
    calls = [call for call, label in batch]
    labels = [label for call, label in batch]
    y = torch.tensor(labels)
    n = min(len(c) for c in calls)
    x = torch.stack([c[:n] for c in calls])
    lengths = torch.tensor([n] * len(calls))
    return x, lengths, y
