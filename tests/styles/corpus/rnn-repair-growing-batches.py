# %%
"""Batches grow and the learning rate falls on the way; lab.fit is called once for each stage."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-repair"]

# %% answer="rnn-repair"
from itertools import pairwise

STAGES = [(30, 5e-3, 16), (20, 2e-3, 32), (15, 1e-3, 128)]


class Noise(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("size", torch.tensor(size))

    def forward(self, x):
        return x + self.size * torch.randn_like(x) if self.training else x


class Repaired(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.noise = Noise(0.1)
        self.drop = nn.Dropout(0.4)
        self.rnn = nn.RNN(SENSORS, hidden)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.rnn(self.drop(self.noise(x)).transpose(0, 1))  # time first
        return self.head(output.mean(0))


def train_model(train, val):
    lab.seed(0)
    model = Repaired()
    for epochs, lr, size in STAGES:
        history = lab.fit(model, train, val, epochs=epochs, lr=lr, batch_size=size, patience=10, plot=False)
        print(len(history), history.stopped)
    return model
