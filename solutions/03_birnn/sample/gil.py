# %%
"""Regularises well and reads the last column of a packed batch: padding for nearly every sentence."""

EXPECTED = {"birnn-repair": (0, "wrong", "underfits")}

# %% answer="birnn-repair"
class Repaired(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS), 50, padding_idx=PAD)
        self.rnn = nn.RNN(50, 48, batch_first=True, bidirectional=True)
        self.head = nn.Linear(96, CLASSES)
        self.drop = nn.Dropout(0.5)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            self.drop(self.embedding(x)), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        output, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=x.shape[1])
        return self.head(self.drop(output[:, -1]))


def train_model(train, val):
    lab.seed(0)
    model = Repaired()
    lab.fit(model, train, val, epochs=3, lr=7e-3, batch_size=192)
    return model


build_model, settings = Repaired, dict(epochs=3, lr=7e-3, batch_size=192)
