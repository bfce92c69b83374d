# %%
"""Writes the cell without chunk, the layer from a list, and repairs by the mean over time."""

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    hidden = h.shape[1]
    rz = torch.sigmoid(x @ W_ih[: 2 * hidden].T + h @ W_hh[: 2 * hidden].T + (b_ih + b_hh)[: 2 * hidden])
    remembered = F.linear(h, W_hh[2 * hidden :], b_hh[2 * hidden :])
    proposal = torch.tanh(F.linear(x, W_ih[2 * hidden :], b_ih[2 * hidden :]) + rz[:, :hidden] * remembered)
    return proposal + rz[:, hidden:] * (h - proposal)

# %% answer="gru-layer"
def gru_layer(x, *weights):
    states = [x.new_zeros(len(x), weights[1].shape[1])]
    for reading in x.unbind(1):
        states.append(gru_cell(reading, states[-1], *weights))
    return torch.stack(states[1:], 1), states[-1][None]

# %% answer="gru-unpack"
def summarise(x, *weights):
    output, _ = gru_with(*weights, batch_first=True)(x)
    return output[:, -1]

# %% answer="gru-repair"
class MeanOverTime(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.5)
        self.gru = nn.GRU(11, 24, batch_first=True)
        self.head = nn.Linear(24, 2)

    def forward(self, x):
        states, _ = self.gru(self.drop(x))
        return self.head(states.mean(dim=1))


build_model, settings = MeanOverTime, dict(epochs=50, lr=1e-2, batch_size=32, patience=10)


def train_model(train, val):
    lab.seed(3)
    model = MeanOverTime()
    lab.fit(model, train, val, **settings)
    return model
