# %%
"""float64 inside, plain floats out; the product of probabilities, not a mean of logarithms."""

UNIT = "05_text"
QUESTIONS = ["text-shift", "text-perplexity", "text-generate"]

# %% answer="text-shift"
def shift(sentences):
    table = torch.where(sentences == 0, -100, sentences)
    return sentences.narrow(1, 0, sentences.shape[1] - 1), table.narrow(1, 1, table.shape[1] - 1)

# %% answer="text-perplexity"
def perplexity(logits, targets):
    p = logits.double().softmax(-1)
    product, count = 1.0, 0
    for row, said in zip(p, targets.tolist()):
        for chances, word in zip(row, said):
            if word >= 0:
                product, count = product * chances[word].item(), count + 1
    return product ** (-1 / count)

# %% answer="text-generate"
def write_on(numbers, more, weights):
    model = reader_with(*weights)
    rows = torch.zeros(more, len(weights[-1]), dtype=torch.double)
    for step in range(more):
        rows[step] = model(numbers[None])[0][0, -1]
        numbers = F.pad(numbers, (0, 1), value=int(rows[step].argmax()))
    return numbers, rows
