# %%
"""Repairs well, but with an LSTM, which the rules do not allow."""

EXPECTED = {"rnn-repair": (0, "wrong", "layer-missing")}

# %% answer="rnn-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.drop = nn.Dropout(0.4)
        self.lstm = nn.LSTM(SENSORS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, _ = self.lstm(self.drop(x))
        return self.head(output[:, -1])


def build_model():
    return Repaired()


settings = dict(epochs=20, lr=5e-3, batch_size=32)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
