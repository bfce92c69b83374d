# %%
"""Does everything in a way of his own: gather, weights by hand, the map apart, words left out."""

# %% answer="birnn-reverse"
def reverse(x, lengths):
    t = torch.arange(x.shape[1]).expand(len(x), -1)
    places = torch.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)
    return torch.take_along_dim(x, places[:, :, None], dim=1)

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    hidden = len(forward[2])
    rnn = nn.RNN(x.shape[2], hidden, batch_first=True, bidirectional=True)
    for weight, given in zip(rnn.parameters(), [*forward, *backward]):
        weight.data = given
    return rnn(x)[0].detach()

# %% answer="birnn-summary"
def summary(output, h_n):
    layers_and_directions = h_n.view(-1, 2, *h_n.shape[1:])
    return layers_and_directions[-1].transpose(0, 1).flatten(1)

# %% answer="birnn-repair"
class AtTheGap(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(len(WORDS), 50, padding_idx=0)
        self.readers = nn.RNN(50, 48, bidirectional=True)
        self.late = nn.Dropout(0.5)
        self.early = nn.Dropout(0.3)
        self.kinds = nn.Linear(96, 5)

    def forward(self, x, lengths):
        gap = (x == 2).float()
        if self.training:
            x = torch.where((torch.rand(x.shape, device=x.device) < 0.15) & (x > 2), 1, x)
        packed = pack_padded_sequence(self.early(self.words(x)).transpose(0, 1), lengths.cpu(), enforce_sorted=False)
        states = pad_packed_sequence(self.readers(packed)[0], total_length=x.shape[1])[0]
        return self.kinds(self.late(torch.einsum("tbh,bt->bh", states, gap)))


def train_model(train, val):
    torch.manual_seed(3)
    model = AtTheGap()
    lab.fit(model, train, val, epochs=10, lr=7e-3, batch_size=192, weight_decay=5e-5)
    return model


build_model, settings = AtTheGap, dict(epochs=10, lr=7e-3, batch_size=192, weight_decay=5e-5)
