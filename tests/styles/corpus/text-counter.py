# %%
"""A Counter and a sparse table; the state handed on in a generator."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-perplexity", "text-generate"]

# %%
import math

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    from collections import Counter

    seen = Counter((a, b) for row in sentences.tolist() for a, b in zip(row, row[1:]) if b)
    places = torch.tensor(list(seen)).T
    return torch.sparse_coo_tensor(places, list(seen.values()), (words, words)).to_dense()

# %% answer="text-perplexity"
def perplexity(logits, targets):
    loss = nn.CrossEntropyLoss(reduction='none', ignore_index=-100)(logits.mT, targets)
    return math.exp(loss.sum().item() / int((targets != -100).sum()))

# %% answer="text-generate"
def words_of(model, numbers):
    read, h = numbers, None
    while True:
        scores, h = model(read[None], h)
        read = scores[0, -1:].argmax(1)
        yield read, scores[0, -1]


def write_on(numbers, more, weights):
    news = [pair for pair, _ in zip(words_of(reader_with(*weights), numbers), range(more))]
    return torch.cat([numbers, *(word for word, _ in news)]), torch.stack([row for _, row in news])
