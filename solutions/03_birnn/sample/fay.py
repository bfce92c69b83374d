# %%
"""Switches both directions on and changes nothing else: more is learnt by heart."""

EXPECTED = {"birnn-repair": (0, "wrong", "memorises")}

# %% answer="birnn-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS), 50, padding_idx=PAD)
        self.rnn = nn.RNN(50, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, CLASSES)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            self.embedding(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        output, h_n = self.rnn(packed)
        return self.head(torch.cat([h_n[-2], h_n[-1]], dim=1))


def build_model():
    return Repaired()


settings = dict(epochs=11, lr=7e-3, batch_size=160)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
