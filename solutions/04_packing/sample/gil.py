# %%
"""Packs and then reads the last column of the unpacked batch; repairs by packing alone."""

EXPECTED = {
    "packing-both-ways": (0, "wrong", "last-column-unpacked"),
    "packing-repair": (0, "wrong", "memorises"),
}

# %% answer="packing-both-ways"
def both_ways(x, lengths, weights):
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, _ = pad_packed_sequence(reader(weights)(packed)[0], batch_first=True)
    return output[:, -1]

# %% answer="packing-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=28):
        super().__init__()
        self.gru = nn.GRU(NUMBERS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, SPEAKERS)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        _, h_n = self.gru(packed)
        return self.head(h_n[-1])


def build_model():
    return Repaired()


settings = dict(epochs=60, lr=1e-2, batch_size=32, clip=1.0)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
