# %%
"""Recursion in the place of loops."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-generate"]

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    if len(sentences) == 1:
        counts = torch.zeros(words, words, dtype=torch.long)
        row = sentences[0]
        for a, b in zip(row[:-1], row[1:]):
            counts[a, b] += int(b > 0)
        return counts
    half = len(sentences) // 2
    return bigram_counts(sentences[:half], words) + bigram_counts(sentences[half:], words)

# %% answer="text-generate"
def write_on(numbers, more, weights):
    scores = reader_with(*weights)(numbers[None])[0][0, -1]
    longer = torch.cat([numbers, scores.argmax(keepdim=True)])
    if more == 1:
        return longer, scores[None]
    made, rest = write_on(longer, more - 1, weights)
    return made, torch.cat([scores[None], rest])
