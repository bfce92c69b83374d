# %%
"""Repairs by reading the mean over time instead of the last state."""

# %% answer="rnn-repair"
class MeanOverTime(nn.Module):
    def __init__(self):
        super().__init__()
        self.noise = nn.Dropout(0.3)
        self.rnn = nn.RNN(8, 24, batch_first=True)
        self.head = nn.Linear(24, 2)

    def forward(self, x):
        states, _ = self.rnn(self.noise(x))
        return self.head(states.mean(dim=1))


def train_model(train, val):
    lab.seed(1)
    model = MeanOverTime()
    lab.fit(model, train, val, epochs=60, lr=5e-3, batch_size=32, patience=15)
    return model


build_model, settings = MeanOverTime, dict(epochs=60, lr=5e-3, batch_size=32, patience=15)
