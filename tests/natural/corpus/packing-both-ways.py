# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return torch.cat([h_n[-2], h_n[-1]], dim=-1)

# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return rnn(packed)[1].transpose(0, 1).flatten(1)

# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    output, _ = pad_packed_sequence(output, batch_first=True)
    H = output.shape[2] // 2
    rows = torch.arange(len(x))
    return torch.cat([output[rows, lengths - 1, :H], output[:, 0, H:]], dim=1)

# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    return torch.stack([torch.cat(list(rnn(row[:n])[1]), dim=0) for row, n in zip(x, lengths)])

# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    order = lengths.argsort(descending=True)
    undo = order.argsort()
    packed = pack_padded_sequence(x[order], lengths[order], batch_first=True)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1)[undo]

# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = nn.utils.rnn.pack_sequence([r[:n] for r, n in zip(x, lengths)], enforce_sorted=False)
    output, h_n = rnn(packed)
    return torch.hstack(list(h_n))

# %% batch-first-forgotten
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% not-sorted
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% batch-first-forgotten
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% last-column
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    output, h_n = rnn(x)
    summary = output[:, -1]
    return summary

# %% states-of-the-padded
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    output, h_n = rnn(x)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% states-of-the-padded
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(x)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% gathered-padded
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    output, h_n = rnn(x)
    return output[torch.arange(len(x)), lengths - 1]

# %% gathered-packed
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    output, _ = pad_packed_sequence(output, batch_first=True)
    return output[torch.arange(len(x)), lengths - 1]

# %% last-column-unpacked
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    output, _ = pad_packed_sequence(output, batch_first=True)
    return output[:, -1]

# %% still-packed
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    summary = output[:, -1]
    return summary

# %% still-packed
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return output.data[:, -1]

# %% still-packed
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    output = pad_packed_sequence(output, batch_first=True)
    return output[:, -1]

# %% backward-through-padding
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    output, h_n = rnn(x)
    H = output.shape[2] // 2
    return torch.cat([output[torch.arange(len(x)), lengths - 1, :H], output[:, 0, H:]], dim=1)

# %% backward-only
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return h_n[-1]

# %% below-each-other
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]])

# %% both-states
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return h_n

# %% reshaped
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return h_n.view(len(x), -1)

# %% reshaped
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return h_n.reshape(x.shape[0], -1)

# %% order-not-undone
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    lengths, order = lengths.sort(descending=True)
    packed = pack_padded_sequence(x[order], lengths, batch_first=True)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% lengths-sorted-alone
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths.sort(descending=True)[0], batch_first=True)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% forward-only
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, (h, c) = rnn(packed)
    return h

# %% cut-to-the-longest
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    output, h_n = rnn(x[:, :lengths.max()])
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% directions-exchanged
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return torch.cat([h_n[-1], h_n[-2]], dim=1)

# %% unpacked-time-first
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    output, _ = pad_packed_sequence(output)
    return output[:, -1]

# %% squeezed
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1).squeeze()


# %% sorted-twice
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    lengths, order = lengths.sort(descending=True)
    packed = pack_padded_sequence(x[order], lengths, batch_first=True)
    output, h_n = rnn(packed)
    return torch.cat([h_n[0][order], h_n[1][order]], dim=1)


# %% right
def both_ways(x, lengths, weights):
    rnn = reader(weights)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, _ = rnn(packed)
    hidden, heights = rnn.hidden_size, output.batch_sizes
    starts = torch.cat([torch.zeros(1, dtype=torch.long), heights.cumsum(0)[:-1]])
    last = lengths[output.sorted_indices] - 1
    ends = output.data[starts[last] + torch.arange(len(last)), :hidden]
    return torch.cat([ends, output.data[: len(last), hidden:]], dim=1)[output.unsorted_indices]
