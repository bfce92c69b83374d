# %%
"""PyTorch's own bidirectional layer and packing utilities do the work."""

UNIT = "03_birnn"
QUESTIONS = ["birnn-reverse", "birnn-two-directions", "birnn-summary"]

# %% answer="birnn-reverse"
from torch.nn.utils.rnn import pad_sequence, unpad_sequence


def reverse(x, lengths):
    rows = unpad_sequence(x, lengths, batch_first=True)
    turned = pad_sequence([row.flipud() for row in rows], batch_first=True)
    return torch.cat([turned, x[:, turned.shape[1] :]], 1).where(
        (torch.arange(x.shape[1]) < lengths.unsqueeze(1)).unsqueeze(-1), x
    )

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    layer = nn.RNN(x.size(-1), forward[1].size(0), batch_first=True, bidirectional=True)
    state = layer.state_dict()
    for name, value in zip(state, [*forward, *backward]):
        state[name] = value
    layer.load_state_dict(state)
    return layer(x)[0]

# %% answer="birnn-summary"
summary = lambda _, h_n: torch.cat(tuple(h_n[-2:]), -1)
