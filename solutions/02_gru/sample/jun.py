# %%
"""Keeps a GRU for show and lets a plain RNN with a mean over time do the work."""

EXPECTED = {"gru-repair": (0, "wrong", "layer-unused")}

# %% answer="gru-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.drop = nn.Dropout(0.5)
        self.rnn = nn.RNN(CHANNELS, hidden, batch_first=True)
        self.gru = nn.GRU(CHANNELS, 2, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        states, _ = self.rnn(self.drop(x))
        _, for_show = self.gru(x)
        return self.head(states.mean(dim=1)) + 0 * for_show[-1]


def build_model():
    return Repaired()


settings = dict(epochs=12, lr=1e-2, batch_size=32)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
