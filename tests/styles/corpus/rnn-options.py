# %%
"""Keyword arguments, defaults, and options that nobody needs; returns through a dict."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state"]

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih=None, b_hh=None, *, squash=torch.tanh):
    pre = F.linear(x, weight=W_ih, bias=b_ih) + F.linear(h, weight=W_hh, bias=b_hh)
    return squash(input=pre)

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh, h=None, batch_first=True):
    if not batch_first:
        x = x.transpose(0, 1)
    if h is None:
        h = torch.zeros(size=(x.size(dim=0), W_hh.size(dim=0)), dtype=x.dtype, device=x.device)
    kept = {}
    for t in range(x.size(dim=1)):
        kept[t] = h = rnn_step(x=x[:, t], h=h, W_ih=W_ih, W_hh=W_hh, b_ih=b_ih, b_hh=b_hh)
    return torch.stack(tensors=list(kept.values()), dim=1)

# %% answer="rnn-last-state"
def last_state(output, h_n, *, layer=-1):
    return {'state': h_n[layer]}['state']
