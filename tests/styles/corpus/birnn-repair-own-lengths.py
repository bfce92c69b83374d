# %%
"""Lengths counted from the words, rows sorted and put back by hand, a learnt weight for each place around the blank."""

UNIT = "03_birnn"
QUESTIONS = ["birnn-repair"]

# %% answer="birnn-repair"
class Around(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.words = nn.Embedding(len(WORDS), 50, padding_idx=PAD)
        self.rnn = nn.RNN(50, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, CLASSES)

    def forward(self, x, lengths):
        count = (x != PAD).sum(dim=1)
        order = count.argsort(descending=True)
        words = F.dropout(self.words(x[order]), 0.5, self.training)
        packed = nn.utils.rnn.pack_padded_sequence(words, count[order].cpu(), batch_first=True)
        states = nn.utils.rnn.pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0]
        states = states[order.argsort()]
        blank = (x[:, : states.shape[1]] == BLANK).float()
        return self.head(F.dropout(torch.einsum("bth,bt->bh", states, blank), 0.5, self.training))


def train_model(train, val):
    lab.seed(0)
    model = Around()
    lab.fit(model, train, val, epochs=10, lr=7e-3, batch_size=192, weight_decay=5e-5, plot=False)
    return model
