# %%
"""numpy throughout; the perplexity is a numpy number, the counts were added up in an array."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-shift", "text-perplexity", "text-generate"]

# %%
import numpy as np

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    table = np.zeros((words, words), dtype=np.int64)
    s = sentences.numpy()
    np.add.at(table, (s[:, :-1], s[:, 1:]), s[:, 1:] != 0)
    return torch.from_numpy(table)

# %% answer="text-shift"
def shift(sentences):
    s = sentences.numpy().copy()
    targets = s[:, 1:].copy()
    targets[targets == 0] = -100
    return torch.from_numpy(s[:, :-1]), torch.from_numpy(targets)

# %% answer="text-perplexity"
def perplexity(logits, targets):
    scores, said = logits.numpy().reshape(-1, logits.shape[-1]), targets.numpy().ravel()
    scores, said = scores[said >= 0], said[said >= 0]
    norm = np.logaddexp.reduce(scores, axis=1)
    return np.exp(np.mean(norm - scores[np.arange(said.size), said]))

# %% answer="text-generate"
def write_on(numbers, more, weights):
    model = reader_with(*weights)
    given = numbers.numpy()
    rows = []
    for _ in range(more):
        with torch.no_grad():
            rows.append(model(torch.from_numpy(given)[None])[0][0, -1].numpy())
        given = np.append(given, rows[-1].argmax())
    return torch.from_numpy(given), torch.from_numpy(np.stack(rows))
