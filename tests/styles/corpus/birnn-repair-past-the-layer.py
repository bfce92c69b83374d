# %%
"""The words beside the blank go past the layer to the head as well; settings found by the size allowed."""

UNIT = "03_birnn"
QUESTIONS = ["birnn-repair"]

# %% answer="birnn-repair"
class Beside(nn.Module):
    def __init__(self, size=50, hidden=48):
        super().__init__()
        self.words = nn.Embedding(len(WORDS), size, padding_idx=PAD)
        self.rnn = nn.RNN(size, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Sequential(nn.Dropout(0.5), nn.Linear(2 * hidden + 2 * size, CLASSES))

    def forward(self, x, lengths):
        rows, blank = torch.arange(len(x)), (x == BLANK).int().argmax(dim=1)
        words = F.dropout(self.words(x), 0.5, self.training)
        states, _ = self.rnn(words)
        near = [words[rows, (blank + step).clamp(0, x.shape[1] - 1)] for step in (-1, 1)]
        return self.out(torch.cat([states[rows, blank], *near], dim=1))


def train_model(train, val):
    lab.seed(0)
    model = Beside()
    assert sum(p.numel() for p in model.parameters()) <= 222_061
    lab.fit(model, train, val, epochs=10, lr=7e-3, batch_size=192, weight_decay=5e-5, plot=False)
    return model
