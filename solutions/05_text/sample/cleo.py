# %%
"""Reads in both directions, so that every next word has been seen: wonderful, and worthless."""

EXPECTED = {"text-repair": (0, "wrong", "sees-the-future")}

# %% answer="text-repair"
class BothDirections(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 50, padding_idx=0)
        self.gru = nn.GRU(50, 64, batch_first=True, bidirectional=True)
        self.head = nn.Linear(128, WORDS)

    def forward(self, x, lengths):
        return self.head(self.gru(self.embedding(x))[0])


def build_model():
    return BothDirections()


settings = dict(epochs=2, lr=1e-2, batch_size=64, clip=1.0)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
