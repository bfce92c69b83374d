# %% right
def perplexity(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten()).exp()

# %% right
def perplexity(logits, targets):
    loss = F.cross_entropy(logits.transpose(1, 2), targets)
    return torch.exp(loss)

# %% right
def perplexity(logits, targets):
    B, T, V = logits.shape
    return torch.exp(nn.CrossEntropyLoss()(logits.reshape(B * T, V), targets.reshape(-1)))

# %% right
def perplexity(logits, targets):
    keep = targets != -100
    logp = logits.log_softmax(-1)[keep]
    return (-logp.gather(1, targets[keep][:, None])).mean().exp()

# %% right
def perplexity(logits, targets):
    total, n = 0.0, 0
    for row, said in zip(logits, targets):
        for s, t in zip(row, said):
            if t != -100:
                total += -torch.log(torch.softmax(s, 0)[t])
                n += 1
    return torch.exp(total / n)

# %% right
def perplexity(logits, targets):
    p = torch.softmax(logits, dim=2)
    keep = targets >= 0
    p = p[keep, targets[keep]]
    return float(p.log().neg().mean().exp())

# %% right
def perplexity(logits, targets):
    s = F.cross_entropy(logits.permute(0, 2, 1), targets, reduction='sum')
    return 2 ** (s / (targets != -100).sum() / torch.log(torch.tensor(2.0)))

# %% classes-last
def perplexity(logits, targets):
    return F.cross_entropy(logits, targets).exp()

# %% classes-last
def perplexity(logits, targets):
    loss = F.cross_entropy(logits, targets)
    return torch.exp(loss)

# %% classes-last
def perplexity(logits, targets):
    return nn.CrossEntropyLoss()(logits, targets).exp()

# %% targets-not-flattened
def perplexity(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets).exp()

# %% targets-not-flattened
def perplexity(logits, targets):
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets).exp()

# %% all-flattened
def perplexity(logits, targets):
    return F.cross_entropy(logits.flatten(), targets.flatten()).exp()

# %% mean-of-exp
def perplexity(logits, targets):
    s = F.cross_entropy(logits.transpose(1, 2), targets, reduction='none')
    return s[targets != -100].exp().mean()

# %% mean-of-exp
def perplexity(logits, targets):
    s = F.cross_entropy(logits.transpose(1, 2), targets, reduction='none')
    return s.exp().mean()

# %% padding-in-the-count
def perplexity(logits, targets):
    s = F.cross_entropy(logits.transpose(1, 2), targets, reduction='none')
    return s.mean().exp()

# %% mean-surprise
def perplexity(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

# %% reshaped
def perplexity(logits, targets):
    B, T, V = logits.shape
    return F.cross_entropy(logits.reshape(B, V, T), targets).exp()

# %% reshaped
def perplexity(logits, targets):
    return F.cross_entropy(logits.contiguous().view(logits.shape[0], logits.shape[2], -1), targets).exp()

# %% softmax-first
def perplexity(logits, targets):
    p = torch.softmax(logits, dim=-1)
    return F.cross_entropy(p.flatten(0, 1), targets.flatten()).exp()

# %% mean-of-sentence-means
def perplexity(logits, targets):
    losses = [F.cross_entropy(l, t) for l, t in zip(logits, targets)]
    return torch.stack(losses).mean().exp()

# %% mean-of-sentence-perplexities
def perplexity(logits, targets):
    losses = [F.cross_entropy(l, t).exp() for l, t in zip(logits, targets)]
    return sum(losses) / len(losses)

# %% per-sentence
def perplexity(logits, targets):
    losses = [F.cross_entropy(l, t) for l, t in zip(logits, targets)]
    return torch.stack(losses).exp()

# %% per-word
def perplexity(logits, targets):
    return F.cross_entropy(logits.transpose(1, 2), targets, reduction='none').exp()

# %% gathered-at-minus-100
def perplexity(logits, targets):
    p = logits.softmax(-1).gather(2, targets[:, :, None])
    return p.log().neg().mean().exp()

# %% nll-of-probabilities
def perplexity(logits, targets):
    return F.nll_loss(logits.softmax(-1).flatten(0, 1), targets.flatten()).exp()

# %% nll-of-logits
def perplexity(logits, targets):
    return F.nll_loss(logits.flatten(0, 1), targets.flatten()).exp()

# %% two-to-the
def perplexity(logits, targets):
    return 2 ** F.cross_entropy(logits.flatten(0, 1), targets.flatten())

# %% summed
def perplexity(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction='sum').exp()

# %% number-of-a-tensor
def perplexity(logits, targets):
    return math.exp(F.cross_entropy(logits.transpose(1, 2), targets, reduction='none'))

# %% minus-forgotten
def perplexity(logits, targets):
    keep = targets >= 0
    p = logits.softmax(-1)[keep].gather(1, targets[keep][:, None])
    return p.log().mean().exp()
