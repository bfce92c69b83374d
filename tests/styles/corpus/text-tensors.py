# %%
"""No loop where a tensor can do it: bincount, where, log_softmax, gather; results in float64."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-shift", "text-perplexity", "text-generate"]

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    a, b = sentences[:, :-1].ravel(), sentences[:, 1:].ravel()
    return torch.bincount(words * a[b > 0] + b[b > 0], minlength=words**2).view(words, words)

# %% answer="text-shift"
def shift(sentences):
    later = sentences.narrow(1, 1, sentences.size(1) - 1)
    return sentences.narrow(1, 0, sentences.size(1) - 1), torch.where(later != 0, later, -100)

# %% answer="text-perplexity"
def perplexity(logits, targets):
    counted = targets.ge(0)
    chosen = logits.double().log_softmax(-1)[counted].gather(1, targets[counted].unsqueeze(1))
    return chosen.mean().neg().exp().item()

# %% answer="text-generate"
def write_on(ids, more, weights):
    model = reader_with(*weights)
    scores, h = model(ids.unsqueeze(0))
    kept = torch.empty(more, scores.size(-1), dtype=torch.float64)
    for k in range(more):
        kept[k] = scores[0, -1]
        word = kept[k].argmax().view(1)
        ids = torch.cat((ids, word))
        scores, h = model(word.unsqueeze(0), h)
    return ids, kept
