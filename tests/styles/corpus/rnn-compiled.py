# %%
"""torch.compile on every function (the eager backend: no C++ compiler is needed)."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %% answer="rnn-step"
@torch.compile(backend="eager")
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh)

# %% answer="rnn-sequence"
@torch.compile(backend="aot_eager", dynamic=True)
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% answer="rnn-last-state"
last_state = torch.compile(lambda output, h_n: output[:, -1], backend="eager")

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = torch.compile(rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True), backend="eager")
    return rnn(x)[0][:, -1]
