# %% right
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% right
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    output = torch.stack(states, 1)
    return output, output[:, -1][None]

# %% right
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    B, T, _ = x.shape
    H = W_hh.shape[0] // 3
    output = torch.zeros(B, T, H)
    h = torch.zeros(B, H)
    for t in range(T):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        output[:, t] = h
    return output, h[None]

# %% right
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    gru = nn.GRU(x.shape[2], W_hh.shape[1], batch_first=True)
    gru.load_state_dict({"weight_ih_l0": W_ih, "weight_hh_l0": W_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh})
    output, h_n = gru(x)
    return output, h_n

# %% right
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for x_t in x.unbind(dim=1):
        h = gru_cell(x_t, h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return [torch.stack(states, dim=1), torch.stack([h])]

# %% right
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = x.new_zeros(len(x), W_hh.shape[1])
    output = x.new_empty(len(x), 0, W_hh.shape[1])
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        output = torch.cat([output, h[:, None]], dim=1)
    return output, h.reshape(1, len(x), -1)

# %% batch-as-time
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for x_t in x:
        h = gru_cell(x_t, h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% batch-as-time
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% wrong-start-size
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% wrong-start-size
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], x.shape[2])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% h-n-without-layers
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h

# %% h-n-batch-first
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(1)

# %% time-first
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states), h.unsqueeze(0)

# %% first-step-left-out
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(1, x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% start-included
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = [h]
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% a-list-of-states
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return states, h.unsqueeze(0)

# %% random-result
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.randn(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% gradient-cut
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h.detach(), W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% gradient-cut
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h.data, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% no-gradient
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h.detach())
    return torch.stack(states, dim=1), h.detach().unsqueeze(0)

# %% output-only
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% exchanged
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return h.unsqueeze(0), torch.stack(states, dim=1)

# %% state-not-carried
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h_new = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h_new)
    return torch.stack(states, dim=1), h_new.unsqueeze(0)

# %% side-by-side
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.cat(states, dim=1), h.unsqueeze(0)

# %% h-n-of-zeros
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h_new = gru_cell(x[:, t], states[-1] if states else h, W_ih, W_hh, b_ih, b_hh)
        states.append(h_new)
    return torch.stack(states, dim=1), h.unsqueeze(0)

# %% h-n-of-all-steps
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    output = torch.stack(states, dim=1)
    return output, output.unsqueeze(0)

# %% h-n-of-the-last-sequence
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), torch.stack(states, dim=1)[-1:]

# %% axes-exchanged
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=2), h.unsqueeze(0)


# %% end-missing
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1] - 1):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    h_n = gru_cell(x[:, -1], h, W_ih, W_hh, b_ih, b_hh)
    return torch.stack(states, dim=1), h_n.unsqueeze(0)
