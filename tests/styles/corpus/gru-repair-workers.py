# %%
"""DataLoader with workers, a Dataset class, RMSprop, gradient clipping, a schedule."""

UNIT = "02_gru"
QUESTIONS = ["gru-repair"]

# %% answer="gru-repair"
from torch.utils.data import DataLoader, Dataset


class Sequences(Dataset):
    def __init__(self, split):
        self.split = split

    def __len__(self):
        return len(self.split)

    def __getitem__(self, index):
        return self.split.x[index], self.split.y[index]


class Repaired(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.gru = nn.GRU(CHANNELS, hidden, batch_first=True)
        self.layers = nn.ModuleList([nn.Dropout(0.5), nn.Dropout(0.3), nn.Linear(hidden, 2)])

    def forward(self, x):
        before, after, head = self.layers
        return head(after(self.gru(before(x))[1][-1]))


def train_model(train, val):
    lab.seed(1)
    model = Repaired()
    loader = DataLoader(Sequences(train), 32, shuffle=True, num_workers=2, persistent_workers=True)
    optimiser = torch.optim.RMSprop(model.parameters(), lr=4e-3)
    best, weights, waited = float("inf"), None, 0
    for epoch in range(50):
        model.train()
        for x, y in loader:
            optimiser.zero_grad()
            F.cross_entropy(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
        model.eval()
        with torch.no_grad():
            loss = F.cross_entropy(model(val.x), val.y)
        if loss < best:
            best, weights, waited = loss, copy.deepcopy(model.state_dict()), 0
        elif (waited := waited + 1) > 12:
            break
    model.load_state_dict(weights)
    return model
