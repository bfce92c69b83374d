# %%
"""Tries weight decay alone, the tempting repair that is none."""

EXPECTED = {"rnn-repair": (0, "wrong", "memorises")}

# %% answer="rnn-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.rnn = nn.RNN(SENSORS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.rnn(x)
        return self.head(output[:, -1])


def build_model():
    return Repaired(hidden=64)


settings = dict(epochs=50, lr=3e-3, batch_size=32, weight_decay=1e-3)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
