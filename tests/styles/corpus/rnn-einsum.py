# %%
"""einsum for every product, einops-like comments, other variable names throughout."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %% answer="rnn-step"
def rnn_step(inp, prev, Wx, Wh, bx, bh):
    # b: batch, i: in, o: out
    pre = torch.einsum("bi,oi->bo", inp, Wx) + torch.einsum("bi,oi->bo", prev, Wh)
    pre += bx + bh
    return pre.tanh_()

# %% answer="rnn-sequence"
def rnn_sequence(seq, Wx, Wh, bx, bh):
    # all input products at once, then the recurrence
    drive = torch.einsum("bti,oi->tbo", seq, Wx) + bx
    outs = torch.zeros(seq.shape[1] + 1, seq.shape[0], Wh.shape[0])
    for k, d in enumerate(drive):
        outs[k + 1] = torch.tanh(d + torch.einsum("bi,oi->bo", outs[k], Wh) + bh)
    return outs[1:].permute(1, 0, 2)  # not contiguous

# %% answer="rnn-last-state"
def last_state(out, hn):
    return torch.einsum("l,lbh->bh", F.one_hot(torch.tensor(len(hn) - 1), len(hn)).float(), hn)

# %% answer="rnn-layout"
def summarise(seq, *weights):
    out, hn = rnn_with(*weights)(torch.einsum("btc->tbc", seq))
    return torch.einsum("tbh->tbh", out)[-1]
