# %%
"""Three small networks, each with a layer of its own, whose logits are averaged; half precision in the end."""

UNIT = "02_gru"
QUESTIONS = ["gru-repair"]

# %% answer="gru-repair"
class One(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.gru = nn.GRU(CHANNELS, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, 2)

    def forward(self, x):
        return self.head(self.gru(F.dropout(x, 0.5, self.training))[0].mean(dim=1))


class Several(nn.Module):
    def __init__(self, parts):
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x):
        return torch.stack([part(x) for part in self.parts]).mean(dim=0)


def train_model(train, val):
    parts = []
    for seed in range(3):
        lab.seed(seed)
        parts.append(One())
        lab.fit(parts[-1], train, val, epochs=25, lr=1e-2, batch_size=32, patience=8, seed=seed, plot=False)
    return Several(parts).bfloat16()
