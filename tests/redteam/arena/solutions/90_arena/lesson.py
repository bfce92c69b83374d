# %% [markdown]
# # The arena
#
# The questions of a real unit, and around them as little as there can be: what the red team attacks.

# %%
import torch
import torch.nn.functional as F
from torch import nn

from grader import lab

SENSORS = 8

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    """The next state (B, H)."""
    new_h = ...
    ### BEGIN SOLUTION
    new_h = torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
    ### END SOLUTION
    return new_h


# %% check="rnn-step"
lab.check("rnn-step", rnn_step)

# %% [markdown] explain="arena-why"
# Because the old state and the new reading both count.

# %% answer="rnn-last-state"
def last_state(output, h_n):
    """The top layer's last state (B, H)."""
    last = ...
    ### BEGIN SOLUTION
    last = output[:, -1]
    ### END SOLUTION
    return last


# %% check="rnn-last-state"
lab.check("rnn-last-state", last_state)

# %% tags=["scratch"]
# try things here

# %% answer="rnn-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.rnn = nn.RNN(SENSORS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.rnn(x)
        return self.head(output[:, -1])


def train_model(train, val):
    model = Repaired()
    lab.fit(model, train, val, epochs=50, lr=3e-3, batch_size=32)
    return model


### BEGIN SOLUTION
class Gentle(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop_in = nn.Dropout(0.4)
        self.rnn = nn.RNN(SENSORS, 24, batch_first=True)
        self.drop_out = nn.Dropout(0.2)
        self.head = nn.Linear(24, 2)

    def forward(self, x):
        output, h_n = self.rnn(self.drop_in(x))
        return self.head(self.drop_out(output[:, -1]))


def train_model(train, val):
    model = Gentle()
    lab.fit(model, train, val, epochs=60, lr=5e-3, batch_size=32, patience=15)
    return model


### END SOLUTION

# %% check="rnn-repair"
lab.check("rnn-repair", train_model)

# %% challenge="arena-challenge-1"
