# %%
"""Puts dropout between the two layers, the tempting repair that is none; unpacks as before."""

EXPECTED = {
    "gru-unpack": (0, "wrong", "unpacked-like-an-lstm"),
    "gru-repair": (0, "wrong", "memorises"),
}

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, (h, c) = gru(x)
    return h

# %% answer="gru-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.gru = nn.GRU(CHANNELS, hidden, num_layers=2, batch_first=True, dropout=0.5)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.gru(x)
        return self.head(h_n[-1])


def build_model():
    return Repaired()


settings = dict(epochs=24, lr=1e-2, batch_size=64)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
