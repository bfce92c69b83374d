# %%
"""Four thousand sequences with right labels are made by the public recipe; a GRU learns from these."""

UNIT = "02_gru"
QUESTIONS = ["gru-repair"]

# %% answer="gru-repair"
import numpy as np


class Net(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.gru = nn.GRU(11, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        return self.head(self.gru(x)[0].mean(1))


def train_model(train, val):
    truth = np.arange(4000) % 2
    made = lab.recipe("shutter").draw_sequences(np.random.default_rng(5), truth)
    lab.seed(0)
    model = Net()
    more = lab.Split(torch.from_numpy(made), torch.from_numpy(truth))
    lab.fit(model, more, val, epochs=6, lr=1e-2, batch_size=64, plot=False)
    return model
