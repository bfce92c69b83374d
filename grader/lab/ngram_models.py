"""Language models that only count, beside which a trained one has to stand.

Lessons call this; `core.ngrams` does the counting, here and where a repair is judged.
"""

from typing import TYPE_CHECKING

from grader.wire.splits import Split

if TYPE_CHECKING:
    import torch


def ngram_surprises(known: Split, asked: Split, order: int, vocabulary: int) -> "torch.Tensor":
    """Give the surprise of an n-gram model at each next word: -log of its probability, in nats.

    A pair's count is lowered by 0.75 and what is saved is shared out by the next shorter order
    (interpolated absolute discounting), so that no word has probability 0.

    Args:
        known: Split of word ids whose words are counted; x and y int64 (N, T), y -100 where padded.
        asked: Split of the same form whose next words are asked for.
        order: int, 1 for a unigram model (no word before), 2 for bigrams, 3 for trigrams.
        vocabulary: int, how many words there are; ids are below it.

    Returns:
        float tensor (M,), row by row, one for each of the M steps that are not padded.

    Example:
        >>> import torch
        >>> text = lab.Split(torch.tensor([[2, 3, 4]]), torch.tensor([[3, 4, 2]]))
        >>> lab.ngram_surprises(text, text, 1, 5).shape
        torch.Size([3])
    """
    import torch

    from grader.core import ngrams

    seen, wanted = (ngrams.places(split.x.numpy(), split.y.numpy()) for split in (known, asked))
    found = ngrams.probabilities(seen, wanted, order, vocabulary)
    return -torch.from_numpy(found).log()
