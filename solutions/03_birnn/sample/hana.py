# %%
"""Finds the read-out and overdoes the size."""

EXPECTED = {"birnn-repair": (0, "wrong", "too-large")}

# %% answer="birnn-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=160):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS), 50, padding_idx=PAD)
        self.rnn = nn.RNN(50, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, CLASSES)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            self.embedding(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        output, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return self.head(output[torch.arange(len(x)), (x == BLANK).int().argmax(dim=1)])


def train_model(train, val):
    lab.seed(0)
    model = Repaired()
    lab.fit(model, train, val, epochs=2, lr=7e-3, batch_size=192)
    return model


build_model, settings = Repaired, dict(epochs=2, lr=7e-3, batch_size=192)
