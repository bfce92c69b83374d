# %%
"""Windows with unfold; histogramdd-free counting by unique pairs."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-shift", "text-perplexity"]

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    pairs = sentences.unfold(1, 2, 1).reshape(-1, 2)
    pairs, often = pairs[pairs[:, 1] != 0].unique(dim=0, return_counts=True)
    counts = torch.zeros(words, words, dtype=torch.int64)
    counts[pairs[:, 0], pairs[:, 1]] = often
    return counts

# %% answer="text-shift"
def shift(sentences):
    windows = sentences.unfold(1, 2, 1)
    inputs, targets = windows.unbind(-1)
    return inputs, targets.where(targets != 0, torch.tensor(-100))

# %% answer="text-perplexity"
def perplexity(logits, targets):
    p = torch.softmax(logits, -1).flatten(0, 1)
    said = targets.flatten()
    p = p[said >= 0].gather(1, said[said >= 0].unsqueeze(1))
    return torch.exp(-torch.log(p).mean())
