# %%
"""Never packs: gathers the last valid step of one direction, with dropout on both sides."""

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    return torch.stack([states[:n].mean(dim=0) for states, n in zip(output, lengths.tolist())])

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    box = torch.zeros(len(lengths), int(lengths.max()), 1)
    return pack_padded_sequence(
        box, lengths, batch_first=True, enforce_sorted=False
    ).batch_sizes

# %% answer="packing-both-ways"
def both_ways(x, lengths, weights):
    summaries = [reader(weights)(call[None, :n])[1] for call, n in zip(x, lengths.tolist())]
    return torch.cat(summaries, dim=1).permute(1, 0, 2).flatten(1)

# %% answer="packing-repair"
class Gathers(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop_in, self.drop_out = nn.Dropout(0.3), nn.Dropout(0.5)
        self.gru = nn.GRU(12, 64, batch_first=True)
        self.head = nn.Linear(64, 9)

    def forward(self, x, lengths):
        output, _ = self.gru(self.drop_in(x))
        last = output[torch.arange(len(x), device=x.device), lengths.to(x.device) - 1]
        return self.head(self.drop_out(last))


build_model = Gathers
settings = dict(epochs=40, lr=5e-3, batch_size=32, patience=6, label_smoothing=0.1)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model
