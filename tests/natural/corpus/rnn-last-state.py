# %% right
def last_state(output, h_n):
    return output[:, -1]

# %% right
def last_state(output, h_n):
    return h_n[-1]

# %% right
def last_state(output, h_n):
    return output[:, output.shape[1] - 1, :]

# %% right
def last_state(output, h_n):
    return output.transpose(0, 1)[-1]

# %% right
def last_state(output, h_n):
    return h_n.select(0, h_n.size(0) - 1)

# %% right
def last_state(output, h_n):
    return output[:, -1:].squeeze(1)

# %% right
def last_state(output, h_n):
    return torch.stack([clip[-1] for clip in output])

# %% right
def last_state(output, h_n):
    *lower, top = h_n
    return top

# %% last-clip
def last_state(output, h_n):
    return output[-1]

# %% last-clip
def last_state(output, h_n):
    return output[-1, :, :]

# %% last-hidden-number
def last_state(output, h_n):
    return output[:, :, -1]

# %% last-hidden-number
def last_state(output, h_n):
    return output[..., -1]

# %% first-layer
def last_state(output, h_n):
    return h_n[0]

# %% all-layers
def last_state(output, h_n):
    return h_n

# %% clip-of-h-n
def last_state(output, h_n):
    return h_n[:, -1]

# %% squeezed
def last_state(output, h_n):
    return h_n[-1].squeeze()

# %% squeezed
def last_state(output, h_n):
    return output[:, -1].squeeze()

# %% second-layer
def last_state(output, h_n):
    return h_n[1]

# %% output-as-it-is
def last_state(output, h_n):
    return output

# %% kept-time-axis
def last_state(output, h_n):
    return output[:, -1:, :]

# %% kept-layer-axis
def last_state(output, h_n):
    return h_n[-1:]

# %% first-step
def last_state(output, h_n):
    return output[:, 0]

# %% all-layers
def last_state(output, h_n):
    return h_n.squeeze(0)

# %% mean-over-layers
def last_state(output, h_n):
    return h_n.mean(dim=0)

# %% several-returned
def last_state(output, h_n):
    return output[:, -1], h_n[-1]

# %% layers-side-by-side
def last_state(output, h_n):
    return torch.cat([h for h in h_n], dim=1)

# %% one-clip-one-step
def last_state(output, h_n):
    return output[-1][-1]
