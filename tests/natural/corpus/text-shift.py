# %% right
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% right
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:].clone()
    targets[targets == 0] = -100
    return inputs, targets

# %% right
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    return inputs, torch.where(targets > 0, targets, -100)

# %% right
def shift(sentences):
    B, L = sentences.shape
    inputs = torch.zeros(B, L - 1, dtype=torch.long)
    targets = torch.full((B, L - 1), -100)
    for b in range(B):
        for t in range(L - 1):
            inputs[b, t] = sentences[b, t]
            if sentences[b, t + 1] != 0:
                targets[b, t] = sentences[b, t + 1]
    return inputs, targets

# %% right
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets - 100 * (targets == 0)
    return [inputs, targets]

# %% right
def shift(sentences):
    filled = sentences.masked_fill(sentences == 0, -100)
    return sentences[:, :-1], filled[:, 1:]

# %% padding-is-a-target
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    return inputs, targets

# %% padding-is-a-target
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% inputs-masked-too
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets[targets == 0] = -100
    return inputs, targets

# %% inputs-masked-too
def shift(sentences):
    s = sentences.clone()
    s[s == 0] = -100
    return s[:, :-1], s[:, 1:]

# %% not-shifted
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, :-1]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% whole-table-read
def shift(sentences):
    inputs = sentences
    targets = sentences[:, 1:]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% whole-table-read
def shift(sentences):
    inputs = sentences
    targets = sentences.masked_fill(sentences == 0, -100)
    return inputs, targets

# %% wrong-way
def shift(sentences):
    inputs = sentences[:, 1:]
    targets = sentences[:, :-1]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% along-the-batch
def shift(sentences):
    inputs = sentences[:-1]
    targets = sentences[1:]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% two-steps
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = torch.cat([sentences[:, 2:], torch.zeros(len(sentences), 1).long()], dim=1)
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% rolled
def shift(sentences):
    inputs = sentences
    targets = torch.roll(sentences, -1, dims=1)
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% right
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences.roll(-1)[:, :-1]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% end-not-asked
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets.masked_fill((targets == 0) | (targets == 2), -100)
    return inputs, targets

# %% last-word-only
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, -1]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% masked-by-the-inputs
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets.masked_fill(inputs == 0, -100)
    return inputs, targets

# %% targets-first
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets.masked_fill(targets == 0, -100)
    return targets, inputs

# %% targets-as-floats
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:].float()
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% mask-for-targets
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = torch.where(targets == 0, -100, 1)
    return inputs, targets

# %% another-number-than-minus-100
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets.masked_fill(targets == 0, -1)
    return inputs, targets

# %% padding-taken-out
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets[targets != 0]
    return inputs, targets

# %% targets-alone
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets.masked_fill(targets == 0, -100)
    return targets

# %% targets-too-short
def shift(sentences):
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:-1]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% start-lost
def shift(sentences):
    inputs = sentences[:, 1:-1]
    targets = sentences[:, 2:]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% right
def shift(sentences):
    inputs = sentences[:, :-1].clone()
    inputs[:, 1:][inputs[:, 1:] == 2] = 0
    targets = sentences[:, 1:]
    targets = targets.masked_fill(targets == 0, -100)
    return inputs, targets

# %% plain-lists
def shift(sentences):
    inputs = [row[:-1] for row in sentences.tolist()]
    targets = [[w or -100 for w in row[1:]] for row in sentences.tolist()]
    return inputs, targets
