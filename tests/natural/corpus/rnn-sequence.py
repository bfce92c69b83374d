# %% right
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t, :], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% right
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    B, T, C = x.shape
    H = W_hh.shape[0]
    output = torch.zeros(B, T, H)
    h = torch.zeros(B, H)
    for t in range(T):
        h = torch.tanh(x[:, t] @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        output[:, t] = h
    return output

# %% right
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    output = torch.empty(x.size(0), x.size(1) + 1, W_hh.size(0))
    output[:, 0] = 0
    for t in range(x.size(1)):
        output[:, t + 1] = rnn_step(x[:, t], output[:, t], W_ih, W_hh, b_ih, b_hh)
    return output[:, 1:]

# %% right
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h, out = x.new_zeros(len(x), len(b_hh)), []
    for x_t in x.transpose(0, 1):
        h = rnn_step(x_t, h, W_ih, W_hh, b_ih, b_hh)
        out += [h.unsqueeze(1)]
    return torch.cat(out, 1)

# %% right
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    rnn = nn.RNN(x.shape[2], W_hh.shape[0], batch_first=True)
    rnn.load_state_dict(dict(weight_ih_l0=W_ih, weight_hh_l0=W_hh, bias_ih_l0=b_ih, bias_hh_l0=b_hh))
    return rnn(x)[0]

# %% right
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    x, W_ih, W_hh, b_ih, b_hh = (a.double() for a in (x, W_ih, W_hh, b_ih, b_hh))
    states = [torch.zeros(x.shape[0], W_hh.shape[0], dtype=torch.double)]
    for t in range(x.shape[1]):
        states.append(rnn_step(x[:, t], states[-1], W_ih, W_hh, b_ih, b_hh))
    return torch.stack(states[1:], dim=1).float()

# %% batch-as-time
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for x_t in x:
        h = rnn_step(x_t, h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% batch-as-time
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% batch-as-time
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(W_hh.shape[0])
    states = []
    for t in range(x.shape[0]):
        h = rnn_step(x[t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% first-step-left-out
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(1, x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% start-included
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = [h]
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% a-list
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    output = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        output.append(h)
    return output

# %% number-of-a-tensor
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    output = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        output.append(h)
    return torch.tensor(output)

# %% random-result
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.randn(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% time-first
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    output = torch.zeros(x.shape[1], x.shape[0], W_hh.shape[0])
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        output[t] = h
    return output

# %% side-by-side
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.cat(states, dim=1)

# %% below-each-other
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.cat(states)

# %% state-not-carried
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h_next = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h_next)
    return torch.stack(states, dim=1)

# %% last-only
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
    return h

# %% gradient-cut
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h.detach(), W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% no-gradient
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    with torch.no_grad():
        for t in range(x.shape[1]):
            h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
            states.append(h)
    return torch.stack(states, dim=1)

# %% wrong-start-size
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], x.shape[2])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% everything-at-each-step
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x, h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% returned-inside-the-loop
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
        return torch.stack(states, dim=1)

# %% sensor-as-time
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[2]):
        h = rnn_step(x[:, :, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)
