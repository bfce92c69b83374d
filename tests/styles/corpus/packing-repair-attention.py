# %%
"""Attention over valid steps with minus infinity behind each length; total_length keeps all fifty columns."""

UNIT = "04_packing"
QUESTIONS = ["packing-repair"]

# %% answer="packing-repair"
class Attentive(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.before, self.after = nn.Dropout(0.3), nn.Dropout(0.5)
        self.gru = nn.GRU(NUMBERS, hidden, batch_first=True, bidirectional=True)
        self.ask = nn.Linear(2 * hidden, 1)
        self.head = nn.Linear(2 * hidden, SPEAKERS)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.before(x), lengths, batch_first=True, enforce_sorted=False)
        states, sizes = pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=x.shape[1])
        behind = torch.arange(x.shape[1]) >= sizes[:, None]
        weights = (0.1 * self.ask(states).squeeze(2)).masked_fill(behind, -math.inf).softmax(dim=1)
        return self.head(self.after((weights[:, :, None] * states).sum(dim=1)))


def train_model(train, val):
    lab.seed(0)
    model = Attentive()
    lab.fit(model, train, val, epochs=40, lr=5e-3, batch_size=32, patience=6, label_smoothing=0.1, plot=False)
    return model
