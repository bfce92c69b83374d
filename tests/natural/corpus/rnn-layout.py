# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    summary = output[:, -1]
    return summary

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x.transpose(0, 1))
    return output[-1]

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return h_n[0]

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    return rnn(x.permute(1, 0, 2))[1].squeeze(0)

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    rnn.batch_first = True
    output, h_n = rnn(x)
    summary = output[:, -1]
    return summary

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    return torch.stack([rnn(clip)[0][-1] for clip in x])

# %% right
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    return rnn_sequence(x, W_ih, W_hh, b_ih, b_hh)[:, -1]

# %% batch-as-time
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x)
    summary = output[:, -1]
    return summary

# %% batch-as-time-h-n
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x)
    summary = h_n[-1]
    return summary

# %% batch-as-time-h-n
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x)
    summary = output[-1]
    return summary

# %% last-clip
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    summary = output[-1]
    return summary

# %% last-clip
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x.transpose(0, 1))
    summary = output[:, -1]
    return summary

# %% batch-as-time-h-n
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x.transpose(0, 1))
    summary = output[:, -1]
    return summary

# %% batch-as-time
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    x = x.permute(1, 0, 2)
    output, h_n = rnn(x)
    summary = output[-1]
    return summary

# %% reshaped
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x.view(x.shape[1], x.shape[0], x.shape[2]))
    summary = output[-1]
    return summary

# %% reshaped
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    B, T, C = x.shape
    output, h_n = rnn(x.reshape(T, B, C))
    return h_n[-1]

# %% all-steps
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return output

# %% kept-layer-axis
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    summary = h_n
    return summary

# %% last-hidden-number
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return output[:, :, -1]

# %% one-clip-of-h-n
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return h_n[:, -1]

# %% keyword-at-the-call
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x, batch_first=True)
    summary = output[:, -1]
    return summary

# %% wrong-axis-last
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x.transpose(1, 2))
    summary = output[:, -1]
    return summary

# %% mean-over-time
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return output.mean(dim=1)

# %% pair-not-taken-apart
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output = rnn(x)
    summary = output[:, -1]
    return summary

# %% first-step
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return output[:, 0]

# %% squeezed
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return h_n.squeeze()
