# %%
"""Attention over the states, a layer norm, a weight norm on the head; training goes through `model.net`."""

UNIT = "02_gru"
QUESTIONS = ["gru-repair"]

# %% answer="gru-repair"
from torch.nn.utils.parametrizations import weight_norm


class Attentive(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.drop = nn.Dropout(0.5)
        self.gru = nn.GRU(CHANNELS, hidden, batch_first=True)
        self.norm = nn.LayerNorm(hidden)
        self.ask = nn.Linear(hidden, 1)
        self.head = weight_norm(nn.Linear(hidden, 2))

    def forward(self, x):
        states = self.norm(self.gru(self.drop(x))[0])
        weights = self.ask(states).softmax(dim=1)
        return self.head((weights * states).sum(dim=1) + states.mean(dim=1))


def train_model(train, val):
    lab.seed(0)
    model = Attentive()
    lab.fit(model, train, val, epochs=50, lr=1e-2, batch_size=32, patience=10, plot=False)
    return model
