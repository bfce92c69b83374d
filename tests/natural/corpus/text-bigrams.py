# %% right
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] += 1
    return counts

# %% right
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences:
        for i in range(len(row) - 1):
            a, b = row[i], row[i + 1]
            if a != 0 and b != 0:
                counts[a, b] += 1
    return counts

# %% right
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    a, b = sentences[:, :-1].flatten(), sentences[:, 1:].flatten()
    keep = b != 0
    ones = torch.ones(int(keep.sum()), dtype=torch.long)
    counts.index_put_((a[keep], b[keep]), ones, accumulate=True)
    return counts

# %% right
def bigram_counts(sentences, words):
    a, b = sentences[:, :-1], sentences[:, 1:]
    code = (a * words + b)[b > 0]
    return torch.bincount(code, minlength=words * words).view(words, words)

# %% right
def bigram_counts(sentences, words):
    from collections import Counter
    c = Counter()
    for row in sentences.tolist():
        row = [w for w in row if w]
        c.update(zip(row[:-1], row[1:]))
    counts = torch.zeros(words, words, dtype=torch.long)
    for (a, b), n in c.items():
        counts[a, b] = n
    return counts

# %% right
def bigram_counts(sentences, words):
    one = F.one_hot(sentences, words)
    counts = torch.einsum('bta,btc->ac', one[:, :-1], one[:, 1:])
    counts[:, 0] = 0
    return counts

# %% right
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b == 0:
                break
            counts[a][b] += 1
    return counts

# %% padding-counted
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            counts[a, b] += 1
    return counts

# %% padding-counted
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences:
        for i in range(len(row) - 1):
            counts[row[i], row[i + 1]] += 1
    return counts

# %% masked-by-the-first-word
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if a != 0:
                counts[a, b] += 1
    return counts

# %% turned
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[b, a] += 1
    return counts

# %% each-pair-once
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    a, b = sentences[:, :-1], sentences[:, 1:]
    counts[a, b] += 1
    counts[:, 0] = 0
    return counts

# %% each-pair-once
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    a, b = sentences[:, :-1], sentences[:, 1:]
    counts[a, b] += 1
    return counts

# %% each-pair-once
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] = 1
    return counts

# %% past-the-end
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences:
        for i in range(len(row)):
            if row[i + 1] != 0:
                counts[row[i], row[i + 1]] += 1
    return counts

# %% one-long-text
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    words_ = [w for row in sentences.tolist() for w in row if w != 0]
    for a, b in zip(words_, words_[1:]):
        counts[a, b] += 1
    return counts

# %% floats
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] += 1
    return counts

# %% no-end
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0 and b != 2:
                counts[a, b] += 1
    return counts

# %% no-start
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0 and a != 2:
                counts[a, b] += 1
    return counts

# %% neither-end
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b > 2 and a > 2:
                counts[a, b] += 1
    return counts

# %% anywhere-behind
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in [(a, b) for i, a in enumerate(row) for b in row[i + 1:]]:
            if a != 0 and b != 0:
                counts[a, b] += 1
    return counts

# %% one-between
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[2:]):
            if b != 0:
                counts[a, b] += 1
    return counts

# %% unnamed
def bigram_counts(sentences, words):
    counts = {}
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] = counts.get((a, b), 0) + 1
    return counts

# %% a-list
def bigram_counts(sentences, words):
    counts = [[0] * words for _ in range(words)]
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a][b] += 1
    return counts

# %% a-list
def bigram_counts(sentences, words):
    counts = [[0] * words] * words
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a][b] += 1
    return counts

# %% words-alone
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a in row:
            if a != 0:
                counts[a, a] += 1
    return counts

# %% shares
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] += 1
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1)

# %% shares
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] += 1
    return counts / counts.sum(dim=1, keepdim=True)

# %% both-ways
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] += 1
                counts[b, a] += 1
    return counts

# %% first-sentence-only
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] += 1
        return counts

# %% ids-added
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a] += b
    return counts

# %% words-alone
def bigram_counts(sentences, words):
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for a, b in zip(row, row):
            if b != 0:
                counts[a, b] += 1
    return counts
