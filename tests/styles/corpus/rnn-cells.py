# %%
"""PyTorch's own RNNCell, its parameters put in place by functional_call."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    cell = nn.RNNCell(x.shape[1], h.shape[1])
    return torch.func.functional_call(cell, dict(weight_ih=W_ih, weight_hh=W_hh, bias_ih=b_ih, bias_hh=b_hh), (x, h))

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(len(x), len(W_hh))
    outputs = []
    for reading in torch.unbind(x, dim=1):
        outputs.append(h := rnn_step(reading, h, W_ih, W_hh, b_ih, b_hh))
    return torch.stack(outputs, dim=1)

# %% answer="rnn-last-state"
def last_state(output, h_n):
    return torch.unbind(h_n)[-1]

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    h = x.new_zeros(len(x), len(b_hh))
    for reading in x.swapaxes(0, 1):
        h = rnn_step(reading, h, W_ih, W_hh, b_ih, b_hh)
    return h
