# %%
"""Counts padding as a word, writes on with the last word alone, and leaves the repair."""

LEFT = ["text-repair"]
EXPECTED = {
    "text-bigrams": (0, "wrong", "padding-counted"),
    "text-generate": (0, "wrong", "state-forgotten"),
}

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            counts[a, b] += 1
    return counts

# %% answer="text-generate"
def write_on(numbers, more, weights):
    model, chosen_from = reader_with(*weights), []
    for _ in range(more):
        scores, _ = model(numbers[None, -1:])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)
