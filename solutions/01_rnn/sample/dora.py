# %%
"""Writes everything in a style of her own: einsum, an unrolled module, her own training loop."""

# %% answer="rnn-step"
rnn_step = lambda x, h, W_ih, W_hh, b_ih, b_hh: (
    torch.einsum("bc,hc->bh", x, W_ih) + torch.einsum("bk,hk->bh", h, W_hh) + (b_ih + b_hh)
).tanh()

# %% answer="rnn-sequence"
from functools import reduce


def rnn_sequence(x, *weights):
    start = [x.new_zeros(len(x), len(weights[1]))]
    states = reduce(lambda seen, now: seen + [rnn_step(now, seen[-1], *weights)], x.unbind(1), start)
    return torch.stack(states[1:]).movedim(0, 1)

# %% answer="rnn-last-state"
def last_state(output, h_n):
    return h_n[h_n.shape[0] - 1].clone()

# %% answer="rnn-layout"
def summarise(x, *weights):
    output, _ = rnn_with(*weights)(x.transpose(0, 1))
    return output[-1]

# %% answer="rnn-repair"
import copy


class Listener(nn.Module):
    def __init__(self, hidden, noise):
        super().__init__()
        self.noise = noise
        self.ear = nn.ModuleDict({"layer": nn.RNN(8, hidden)})
        self.weight = nn.Parameter(torch.randn(hidden, 2) / hidden**0.5)
        self.bias = nn.Parameter(torch.zeros(2))

    def forward(self, x):
        if self.training:
            x = x + self.noise * torch.randn_like(x)
        heard, _ = self.ear["layer"](x.movedim(1, 0))
        return heard[-1] @ self.weight + self.bias


def train_model(train, val, epochs=60, patience=15):
    torch.manual_seed(7)
    model = Listener(32, 0.8)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=1e-2)
    best, kept, waited = float("inf"), None, 0
    for epoch in range(epochs):
        model.train()
        for rows in torch.randperm(len(train.x)).split(32):
            optimizer.zero_grad()
            F.cross_entropy(model(train.x[rows]), train.y[rows]).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            loss = F.cross_entropy(model(val.x), val.y).item()
        best, kept, waited = (
            (loss, copy.deepcopy(model.state_dict()), 0) if loss < best else (best, kept, waited + 1)
        )
        if waited > patience:
            break
    model.load_state_dict(kept)
    return model.eval()


build_model, settings = (lambda: Listener(32, 0.8)), dict(epochs=60, lr=5e-3)
