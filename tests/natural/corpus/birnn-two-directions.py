# %% right
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.cat([there, back], dim=2)

# %% right
def two_directions(x, forward, backward):
    return torch.cat((read(x, forward), torch.flip(read(torch.flip(x, [1]), backward), [1])), -1)

# %% right
def two_directions(x, forward, backward):
    B, T, H = x.shape
    out = torch.zeros(B, T, 2 * len(forward[2]))
    out[:, :, :H] = read(x, forward)
    out[:, :, H:] = read(x.flip(1), backward).flip(1)
    return out

# %% right
def two_directions(x, forward, backward):
    rnn = nn.RNN(x.shape[2], forward[0].shape[0], batch_first=True, bidirectional=True)
    with torch.no_grad():
        for p, w in zip(rnn.parameters(), [*forward, *backward]):
            p.copy_(w)
    return rnn(x)[0]

# %% right
def two_directions(x, forward, backward):
    order = list(range(x.shape[1]))[::-1]
    return torch.cat([read(x, forward), read(x[:, order], backward)[:, order]], dim=2)

# %% right
def two_directions(x, forward, backward):
    return torch.stack([read(x, forward), read(x.flip(1), backward).flip(1)], dim=2).flatten(2)

# %% not-flipped-back
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward)
    return torch.cat([there, back], dim=2)

# %% never-flipped
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x, backward)
    return torch.cat([there, back], dim=2)

# %% only-the-result-flipped
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x, backward).flip(1)
    return torch.cat([there, back], dim=2)

# %% end-to-end
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.cat([there, back], dim=1)

# %% on-the-batch
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.cat([there, back])

# %% on-the-batch
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.cat([there, back], dim=0)

# %% stacked
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.stack([there, back], dim=2)

# %% stacked
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.stack([there, back])

# %% stacked
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.stack((there, back), -1)

# %% summed
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    output = there + back
    return output

# %% never-flipped
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(0), backward).flip(0)
    return torch.cat([there, back], dim=2)

# %% batch-flipped
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(0), backward)
    return torch.cat([there, back], dim=2)

# %% features-flipped
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(2), backward).flip(2)
    return torch.cat([there, back], dim=2)

# %% features-flipped
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(-1), backward).flip(-1)
    return torch.cat([there, back], dim=2)

# %% backward-first
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.cat([back, there], dim=2)

# %% one-set-of-weights
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), forward).flip(1)
    return torch.cat([there, back], dim=2)

# %% chained
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(there.flip(1), backward).flip(1)
    return torch.cat([there, back], dim=2)

# %% several-returned
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return there, back

# %% negative-step
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x[:, ::-1], backward)[:, ::-1]
    return torch.cat([there, back], dim=2)

# %% flip-without-axis
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(), backward).flip()
    return torch.cat([there, back], dim=2)

# %% not-in-a-list
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward).flip(1)
    return torch.cat(there, back, dim=2)

# %% not-flipped-back
def two_directions(x, forward, backward):
    output = torch.cat([read(x, forward), read(x.flip(1), backward)], dim=2)
    return output

# %% weights-flipped
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), [w.flip(0) for w in forward]).flip(1)
    return torch.cat([there, back], dim=2)

# %% one-set-of-weights
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), forward + backward).flip(1)
    return torch.cat([there, back], dim=2)

# %% joined-before-flipping
def two_directions(x, forward, backward):
    there = read(x, forward)
    back = read(x.flip(1), backward)
    return torch.cat([there, back], dim=2).flip(1)
