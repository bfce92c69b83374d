# %%
"""Plain Python: three loops and a list of lists, as somebody writes who does not trust broadcasting."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %%
from math import tanh

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    new = []
    for b in range(len(x)):
        row = []
        for i in range(len(b_ih)):
            total = float(b_ih[i]) + float(b_hh[i])
            for c in range(x.shape[1]):
                total += x[b, c].item() * W_ih[i, c].item()
            for k in range(h.shape[1]):
                total += h[b, k].item() * W_hh[i, k].item()
            row.append(tanh(total))
        new.append(row)
    return torch.tensor(new)

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    output = []
    for clip in x:
        h = torch.zeros(1, len(b_hh))
        states = []
        for reading in clip:
            h = rnn_step(reading[None, :], h, W_ih, W_hh, b_ih, b_hh)
            states.append(h[0].tolist())
        output.append(states)
    return torch.FloatTensor(output)

# %% answer="rnn-last-state"
def last_state(output, h_n):
    rows = []
    for b in range(output.shape[0]):
        rows.append([output[b, output.shape[1] - 1, i].item() for i in range(output.shape[2])])
    return torch.tensor(rows, dtype=torch.float64)

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    last = []
    for clip in x:  # (T, C): one clip alone has no batch to mix up
        output, h_n = rnn(clip)
        last.append(output[-1])
    return torch.stack(last)
