# %%
"""Stops in time and does nothing else: better than before, and still worse than counting."""

EXPECTED = {"text-repair": (0, "wrong", "memorises")}

# %% answer="text-repair"
class Stopped(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 50, padding_idx=0)
        self.gru = nn.GRU(50, 64, batch_first=True)
        self.head = nn.Linear(64, WORDS)

    def forward(self, x, lengths):
        return self.head(self.gru(self.embedding(x))[0])


def build_model():
    return Stopped()


settings = dict(epochs=25, lr=1e-2, batch_size=64, clip=1.0, patience=3)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
