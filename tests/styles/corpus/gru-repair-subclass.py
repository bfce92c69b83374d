# %%
"""A thin class of one's own on top of nn.GRU, which drops its input and gives its mean state."""

UNIT = "02_gru"
QUESTIONS = ["gru-repair"]

# %% answer="gru-repair"
class Watcher(nn.GRU):
    def __init__(self, *sizes, drop):
        super().__init__(*sizes, batch_first=True)
        self.drop = nn.Dropout(drop)

    def forward(self, x):
        states, _ = super().forward(self.drop(x))
        return states.mean(dim=1)


def train_model(train, val):
    lab.seed(0)
    model = nn.Sequential(Watcher(CHANNELS, 24, drop=0.5), nn.Linear(24, 2))
    lab.fit(model, train, val, epochs=50, lr=1e-2, batch_size=32, patience=10, plot=False)
    return model
