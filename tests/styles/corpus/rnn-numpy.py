# %%
"""numpy inside: everything is computed on arrays and turned into a tensor at the end."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-last-state", "rnn-layout"]

# %%
import numpy as np

as_array = lambda *tensors: [t.detach().cpu().numpy() for t in tensors]

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    x, h, W_ih, W_hh, b_ih, b_hh = as_array(x, h, W_ih, W_hh, b_ih, b_hh)
    return torch.from_numpy(np.tanh(x.dot(W_ih.T) + b_ih + h.dot(W_hh.T) + b_hh))

# %% answer="rnn-last-state"
def last_state(output, h_n):
    return torch.as_tensor(h_n.numpy()[-1].copy())

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    swapped = torch.from_numpy(np.swapaxes(x.numpy(), 0, 1))
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(swapped)
    return torch.from_numpy(output.detach().numpy()[-1])
