# %%
"""Regularises well, divides the mask's sum by all columns, and still reads the padding."""

EXPECTED = {
    "packing-mask-mean": (0, "wrong", "divided-by-all"),
    "packing-repair": (0, "wrong", "pad-invariance"),
}

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    valid = torch.arange(output.shape[1]) < lengths.unsqueeze(1)
    return (output * valid.unsqueeze(2)).mean(dim=1)

# %% answer="packing-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.drop_in, self.drop_out = nn.Dropout(0.3), nn.Dropout(0.5)
        self.gru = nn.GRU(NUMBERS, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, SPEAKERS)

    def forward(self, x, lengths):
        output, _ = self.gru(self.drop_in(x))
        return self.head(self.drop_out(output.mean(dim=1)))


def build_model():
    return Repaired()


settings = dict(epochs=15, lr=5e-3, batch_size=32)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
