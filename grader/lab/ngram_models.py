"""Language models that only count, beside which a trained one has to stand.

Lessons call this; `core.ngrams` does the counting, here and where a repair is judged.
"""

from typing import TYPE_CHECKING

from grader.wire.splits import Split

if TYPE_CHECKING:
    import torch


def ngram_surprises(known: Split, asked: Split, order: int, vocabulary: int) -> "torch.Tensor":
    """How surprised a model that has counted `known` is by each next word of `asked`: (M,).

    -log of its probability, row by row, padding left out. order 1 looks at no word before (a
    unigram model), 2 at one (bigram), 3 at two. A pair's count is lowered by 0.75 and what is saved
    is shared out by the next shorter order, so that nothing is impossible.
    """
    import torch

    from grader.core import ngrams

    seen, wanted = (ngrams.places(split.x.numpy(), split.y.numpy()) for split in (known, asked))
    found = ngrams.probabilities(seen, wanted, order, vocabulary)
    return -torch.from_numpy(found).log()
