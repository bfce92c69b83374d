# %%
"""Counters, dicts and the logarithm of math: plain Python, and a plain number comes out."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-shift", "text-perplexity", "text-generate"]

# %%
from collections import Counter, defaultdict

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    pairs = Counter()
    for sentence in sentences.tolist():
        said = [word for word in sentence if word]
        pairs.update(zip(said, said[1:]))
    return torch.tensor([[pairs[a, b] for b in range(words)] for a in range(words)])

# %% answer="text-shift"
def shift(sentences):
    read, said = [], []
    for sentence in sentences.tolist():
        read.append(sentence[:-1])
        said.append([word or -100 for word in sentence[1:]])
    return torch.tensor(read), torch.tensor(said)

# %% answer="text-perplexity"
def perplexity(logits, targets):
    surprise, count = 0.0, 0
    for row, words in zip(logits, targets):
        for scores, word in zip(row.tolist(), words.tolist()):
            if word == -100:
                continue
            largest = max(scores)
            norm = largest + math.log(sum(math.exp(s - largest) for s in scores))
            surprise += norm - scores[word]
            count += 1
    return math.exp(surprise / count)

# %% answer="text-generate"
def write_on(numbers, more, weights):
    model, scores_of = reader_with(*weights), []
    said = numbers.tolist()
    while more > 0:
        scores, _ = model(torch.tensor([said]))
        scores_of.append(scores[0, -1].tolist())
        said.append(scores_of[-1].index(max(scores_of[-1])))
        more -= 1
    return torch.tensor(said), torch.tensor(scores_of)
