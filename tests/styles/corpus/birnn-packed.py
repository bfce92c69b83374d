# %%
"""Sequences cut out, turned and padded again; the layer's own two directions; unflatten."""

UNIT = "03_birnn"
QUESTIONS = ["birnn-reverse", "birnn-two-directions", "birnn-summary"]

# %% answer="birnn-reverse"
def reverse(x, lengths):
    rows = nn.utils.rnn.unpad_sequence(x, lengths, batch_first=True)
    turned = nn.utils.rnn.pad_sequence([row.flip(0) for row in rows], batch_first=True)
    return F.pad(turned, (0, 0, 0, x.shape[1] - turned.shape[1]))

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    rnn = nn.RNN(x.shape[2], len(forward[2]), bidirectional=True, batch_first=True)
    rnn.load_state_dict(dict(zip(rnn.state_dict(), [*forward, *backward])))
    return rnn(x)[0]

# %% answer="birnn-summary"
def summary(output, h_n):
    return h_n.unflatten(0, (-1, 2))[-1].transpose(0, 1).flatten(1)
