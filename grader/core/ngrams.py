"""Count-based language models: unigram, bigram and trigram with absolute discounting.

They are the bar of a language-model repair (`core.perplexity_judge`) and what the lesson shows
beside the network. numpy only; nothing here is learnt by gradient.

Sequences are word ids x (N, T) and the next words y (N, T), with a negative number where padded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

DISCOUNT = 0.75
UNIGRAM_ADDS = 0.5
LONGEST_ORDER = 3


@dataclass(frozen=True)
class TextContexts:
    """M places of a text: the two words before each, (M, 2), and the word that came next, (M,).

    0 stands for "there is no word": before the first.
    """

    before: Ids
    following: Ids

    def rows(self, index: Any) -> TextContexts:
        """The places of `index`."""
        return TextContexts(self.before[index], self.following[index])


def places(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> TextContexts:
    """Every place of the sequences that has a next word, row by row."""
    rows, steps = np.nonzero(y >= 0)
    return places_at(x, y, rows, steps)


def places_at(
    x: npt.NDArray[Any], y: npt.NDArray[Any], rows: npt.NDArray[Any], steps: npt.NDArray[Any]
) -> TextContexts:
    """The places at these rows and steps: what stands before y[row, step]."""
    earlier = np.where(steps > 0, x[rows, np.maximum(steps - 1, 0)], 0)
    before = np.stack([earlier, x[rows, steps]], axis=1).astype(np.int64)
    return TextContexts(before, y[rows, steps].astype(np.int64))


def probabilities(known: TextContexts, asked: TextContexts, order: int, vocabulary: int) -> Numbers:
    """How likely an n-gram model that has counted `known` finds each asked next word: (M,).

    order 1 looks at nothing, 2 at the word before (a bigram model), 3 at two. A count is lowered by
    0.75 and what is saved goes to the next shorter order; the shortest adds 0.5 to each count.
    """
    if not 1 <= order <= LONGEST_ORDER:
        message = f"order is {order}; unigram, bigram and trigram are 1, 2 and 3"
        raise ValueError(message)
    counts = np.bincount(known.following, minlength=vocabulary).astype(np.float64)
    total = counts.sum() + UNIGRAM_ADDS * vocabulary
    found: Numbers = (counts[asked.following] + UNIGRAM_ADDS) / total
    for length in range(1, order):
        found = _discounted(known, asked, length, vocabulary, found)
    return found


def perplexity(found: Numbers) -> float:
    """exp of the mean of -log probability: as unsure as among so many equally likely words."""
    return float(np.exp(-np.log(found).mean()))


def _discounted(
    known: TextContexts, asked: TextContexts, length: int, vocabulary: int, shorter: Numbers
) -> Numbers:
    """Probabilities given the last `length` words, falling back on `shorter`."""
    context, asked_context = (_code(p.before, length, vocabulary) for p in (known, asked))
    pairs, pair_counts = np.unique(context * vocabulary + known.following, return_counts=True)
    contexts, kinds = np.unique(pairs // vocabulary, return_counts=True)
    totals = np.unique(context, return_counts=True)[1]
    seen = _look_up(pairs, pair_counts, asked_context * vocabulary + asked.following)
    total = _look_up(contexts, totals, asked_context)
    saved = DISCOUNT * _look_up(contexts, kinds, asked_context) * shorter
    share = (np.maximum(seen - DISCOUNT, 0.0) + saved) / np.maximum(total, 1.0)
    return np.where(total > 0, share, shorter)


def _code(before: Ids, length: int, vocabulary: int) -> Ids:
    return before[:, 1] if length == 1 else before[:, 0] * vocabulary + before[:, 1]


def _look_up(keys: Ids, values: npt.NDArray[Any], asked: Ids) -> Numbers:
    """The value of each asked key; 0 for a key that is not there. `keys` is sorted."""
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[place] == asked, values[place], 0).astype(np.float64)
