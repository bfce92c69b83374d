# %%
"""Counts as a product of one-hot tables; log-sum-exp by hand."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-shift", "text-perplexity", "text-generate"]

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    one = F.one_hot(sentences, words)
    said = one.clone()
    said[..., 0] = 0
    return torch.tensordot(one[:, :-1], said[:, 1:], dims=([0, 1], [0, 1]))

# %% answer="text-shift"
def shift(sentences):
    inputs, targets = sentences[:, :-1].clone(), sentences[:, 1:].clone()
    targets[targets.eq(0)] = -100
    return inputs, targets

# %% answer="text-perplexity"
def perplexity(logits, targets):
    keep = targets.ne(-100)
    rows, said = logits[keep], targets[keep]
    surprise = rows.logsumexp(1) - rows[torch.arange(len(said)), said]
    return surprise.mean().exp()

# %% answer="text-generate"
def write_on(numbers, more, weights):
    model, rows = reader_with(*weights), []
    for _ in range(more):
        rows.append(model(numbers.unsqueeze(0))[0].squeeze(0)[-1])
        numbers = torch.hstack([numbers, rows[-1].argmax()])
    return numbers, torch.vstack(rows)
