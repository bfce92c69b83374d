# %%
"""Losses and metrics as modules, generators, recursion, a loss kept with its gradient."""

UNIT = "05_text"
QUESTIONS = ["text-bigrams", "text-shift", "text-perplexity", "text-generate"]

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    first, second = F.one_hot(sentences[:, :-1], words), F.one_hot(sentences[:, 1:], words)
    second[:, :, 0] = 0
    return torch.einsum("bta,btc->ac", first, second)

# %% answer="text-shift"
def shift(sentences):
    targets = sentences.roll(-1, 1)[:, :-1].clone()
    targets[targets.eq(PAD)] = nn.CrossEntropyLoss().ignore_index
    return tuple([sentences[..., :-1], targets])

# %% answer="text-perplexity"
class Perplexity(nn.Module):
    def __init__(self):
        super().__init__()
        self.loss = nn.CrossEntropyLoss()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, logits, targets):
        return torch.exp(self.scale * self.loss(logits.transpose(1, 2), targets))


perplexity = Perplexity()

# %% answer="text-generate"
def words(model, numbers):
    scores, h = model(numbers[None])
    while True:
        yield (best := scores[0, -1]).argmax(), best
        scores, h = model(best.argmax().reshape(1, 1), h)


def write_on(numbers, more, weights):
    said = [step for step, _ in zip(words(reader_with(*weights), numbers), range(more))]
    new, scores = map(torch.stack, zip(*said))
    return torch.hstack([numbers, new]), scores
