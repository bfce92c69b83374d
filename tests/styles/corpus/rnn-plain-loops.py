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
    output = torch.zeros(x.shape[0], x.shape[1], len(b_hh))
    for b in range(x.shape[0]):
        h = [torch.tensor(0.0)] * len(b_hh)
        for t in range(x.shape[1]):
            new = []
            for i in range(len(b_hh)):
                total = b_ih[i] + b_hh[i]
                for c in range(x.shape[2]):
                    total = total + x[b, t, c] * W_ih[i, c]
                for k in range(len(b_hh)):
                    total = total + h[k] * W_hh[i, k]
                new.append(torch.tanh(total))
                output[b, t, i] = new[i]
            h = new
    return output

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
