# %%
"""Two trainings from two seeds, the one with the lower validation loss is kept; a generator of the notebook's own makes noise."""

UNIT = "02_gru"
QUESTIONS = ["gru-repair"]

# %%
dice = torch.Generator().manual_seed(11)
tried = []

# %% answer="gru-repair"
class Watch(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.gru = nn.GRU(CHANNELS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        if self.training:
            x = x * (torch.rand(x.shape, generator=dice) < 0.5) * 2
        return self.head(self.gru(x)[0].mean(dim=1))


def train_model(train, val):
    best = None
    for seed in (1, 2):
        torch.manual_seed(seed)
        model = Watch()
        history = lab.fit(model, train, val, epochs=35, lr=1e-2, batch_size=32, patience=10, seed=seed)
        tried.append(history.best.val_loss)
        if best is None or history.best.val_loss < best[0]:
            best = history.best.val_loss, model
    return best[1]
