# %%
"""The layer is a subclass of nn.RNN, fed one reading at a time; the module's train() is overridden."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-repair"]

# %% answer="rnn-repair"
class Reader(nn.RNN):
    """Gives its last state alone."""

    def forward(self, x):
        state = None
        for reading in x.split(1, dim=1):
            _, state = super().forward(reading, state)
        return state[-1]


class Repaired(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.read = Reader(SENSORS, hidden, batch_first=True)
        self.before, self.after = nn.Dropout(0.4), nn.Dropout(0.2)
        self.score = nn.Linear(hidden, 2)

    def train(self, mode=True):
        super().train(mode)
        print("training" if mode else "evaluating")

    def forward(self, x):
        return self.score(self.after(self.read(self.before(x))))


def train_model(train, val, *, epochs=60, **more):
    lab.seed(0)
    model = Repaired()
    lab.fit(model, train, val, epochs=epochs, lr=5e-3, batch_size=32, patience=15, **more)
    return model
