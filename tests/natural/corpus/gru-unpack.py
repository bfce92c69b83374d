# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    summary = h_n[-1]
    return summary

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return output[:, -1]

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    _, h_n = gru(x)
    return h_n[-1, :, :]

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    return gru(x)[0][:, -1, :]

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n.view(gru.num_layers, -1, gru.hidden_size)[-1]

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = gru(x.transpose(0, 1))
    return output[-1]

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    for layer in range(len(W_ih)):
        x, h_n = gru_layer(x, W_ih[layer], W_hh[layer], b_ih[layer], b_hh[layer])
    return h_n[0]

# %% unpacked-like-an-lstm
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, (h, c) = gru(x)
    summary = h
    return summary

# %% unpacked-like-an-lstm
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, (h, c) = gru(x)
    summary = c
    return summary

# %% unpacked-like-an-lstm
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, (lower, upper) = gru(x)
    return upper

# %% unpacked-like-an-lstm
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, (h, c) = gru(x)
    summary = h[-1]
    return summary

# %% lower-layer
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    summary = h_n[0]
    return summary

# %% all-layers
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h = gru(x)
    summary = h
    return summary

# %% viewed
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n.view(x.shape[0], -1)

# %% viewed
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n.reshape(len(x), -1)

# %% side-by-side
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% side-by-side
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return torch.cat([h_n[-2], h_n[-1]], dim=1)

# %% layers-added
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n[0] + h_n[1]

# %% layers-averaged
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n.mean(0)

# %% one-sequence-at-all-steps
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return output[-1]

# %% all-steps
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return output

# %% one-sequence-of-all-layers
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n[:, -1]

# %% pair-not-taken-apart
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    h_n = gru(x)
    return h_n[-1][-1].squeeze() if False else h_n[:, -1]

# %% pair-not-taken-apart
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output = gru(x)
    summary = output[:, -1]
    return summary

# %% lower-layer
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n.squeeze(0)[0]

# %% three-names
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h, c = gru(x)
    summary = h
    return summary

# %% kept-layer-axis
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n[-1:]

# %% first-step
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return output[:, 0]

# %% batch-as-time
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = gru(x)
    return output[:, -1]

# %% squeezed
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = gru(x)
    return h_n[-1].squeeze()


# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    _, (*_, top) = gru(x)
    return top
