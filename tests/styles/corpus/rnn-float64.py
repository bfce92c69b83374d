# %%
"""Everything in float64, as a numerical analyst writes; results stay doubles."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %% answer="rnn-step"
def rnn_step(*arguments):
    x, h, W_ih, W_hh, b_ih, b_hh = (a.to(torch.float64) for a in arguments)
    return torch.tanh(x.matmul(W_ih.t()).add(b_ih).add(h.mm(W_hh.t())).add(b_hh))

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    B, T, C = x.size()
    H = W_hh.size(0)
    output = x.new_empty((B, T, H), dtype=torch.double)
    h = torch.zeros((B, H), dtype=torch.double)
    for t in range(T):
        h = rnn_step(x[:, t, :], h, W_ih, W_hh, b_ih, b_hh)
        output[:, t, :] = h
    return output

# %% answer="rnn-last-state"
def last_state(output, h_n):
    return output.double().select(1, output.size(1) - 1)

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True).double()
    output, _ = rnn(x.double())
    return output[:, -1]
