# %%
"""A stack of two plain layers that were made by name; in eval mode the rows go through one at a time, unbatched."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-repair"]

# %% answer="rnn-repair"
class Stack(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.rnn = getattr(nn, "RNN")(SENSORS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)
        nn.init.orthogonal_(self.rnn.weight_hh_l0)

    def forward(self, x):
        if self.training:
            return self.head(self.rnn(F.dropout(x, 0.3))[0].mean(dim=1))
        return torch.stack([self.head(self.rnn(row)[0].mean(dim=0)) for row in x])


def train_model(train, val):
    lab.seed(0)
    model = Stack()
    history = lab.fit(model, train, val, epochs=60, lr=5e-3, batch_size=32, patience=15, plot=False)
    model.history = history
    return model
