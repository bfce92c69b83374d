"""text-generate: a debug question. A sentence is continued word by word, and read too often.

The code given feeds the whole prefix and the state after it, so every word is read again and again
with a state that knows it already. It runs, and the words look like words.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

TITLE = "Word by word"
KIND = "function"
POINTS = 2
CASES = 4
HINTS = [
    (
        "Count how often the first word of the sentence has been read when the third new word is "
        "chosen. The state `h` remembers it already."
    ),
    (
        "Either read everything from the start, with no state (`model(ids[None])`), or read only "
        "what is new, with the state. Both at once is the bug."
    ),
    "One line mends it: `scores, h = model(ids[None])` reads all words anew and forgets `h`.",
]

Made = tuple[Tensor, Tensor]
Weights = list[Tensor]
Reader = Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor]]


def inputs(rng: np.random.Generator) -> dict[str, object]:
    """Draw word ids (T,), how many `more`, and the weights of a model of V words.

    The weights: the embedding (V, D), the GRU's four in PyTorch's order, the head's (V, H), (V,).
    """
    embedding, hidden = (int(size) for size in rng.permutation([5, 6]))
    words = 12
    return {
        "ids": rng.integers(0, words, int(rng.choice([3, 4]))),
        "more": 3,
        "weights": [
            rng.standard_normal((words, embedding)) * 1.5,
            rng.standard_normal((3 * hidden, embedding)),
            rng.standard_normal((3 * hidden, hidden)),
            rng.uniform(-0.5, 0.5, 3 * hidden),
            rng.uniform(-0.5, 0.5, 3 * hidden),
            rng.standard_normal((words, hidden)) * 2,
            rng.uniform(-0.5, 0.5, words),
        ],
    }


def _reader(weights: Weights) -> Reader:
    """Read ids (T,) on from a state: the scores after each (T, V), and the state."""
    embedding, *layer, head, bias = weights
    gru = nn.GRU(embedding.shape[1], head.shape[1]).to(head.dtype)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    gru.load_state_dict(dict(zip(names, layer, strict=True)))

    def read(ids: Tensor, h: Tensor | None) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            output, after = gru(embedding[ids], h)
        return output @ head.T + bias, after

    return read


def _choose(
    ids: Tensor, more: int, step: Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor | None]]
) -> Made:
    """Append the likeliest word `more` times; `step` gives the scores (V,) to choose from."""
    h, chosen_from = None, []
    for _ in range(more):
        scores, h = step(ids, h)
        chosen_from.append(scores)
        ids = torch.cat([ids, scores.argmax()[None]])
    return ids, torch.stack(chosen_from)


def reference(ids: Tensor, more: int, weights: Weights) -> Made:
    """All ids (T + more,) and the scores that each new one was chosen from (more, V)."""
    read = _reader(weights)
    return _choose(ids, more, lambda ids, _h: (read(ids, None)[0][-1], None))


def _prefix_and_state(ids: Tensor, more: int, weights: Weights) -> Made:
    read = _reader(weights)

    def step(ids: Tensor, h: Tensor | None) -> tuple[Tensor, Tensor]:
        scores, h = read(ids, h)
        return scores[-1], h

    return _choose(ids, more, step)


def _state_forgotten(ids: Tensor, more: int, weights: Weights) -> Made:
    read = _reader(weights)
    return _choose(ids, more, lambda ids, _h: (read(ids[-1:], None)[0][-1], None))


def _prefix_never_read(ids: Tensor, more: int, weights: Weights) -> Made:
    read = _reader(weights)

    def step(ids: Tensor, h: Tensor | None) -> tuple[Tensor, Tensor]:
        scores, h = read(ids[-1:], h)
        return scores[-1], h

    return _choose(ids, more, step)


def _last_word_twice(ids: Tensor, more: int, weights: Weights) -> Made:
    read = _reader(weights)
    prefix = ids

    def step(ids: Tensor, h: Tensor | None) -> tuple[Tensor, Tensor]:
        before = read(prefix, None)[1] if h is None else h
        scores, h = read(ids[-1:], before)
        return scores[-1], h

    return _choose(ids, more, step)


def _first_step_scores(ids: Tensor, more: int, weights: Weights) -> Made:
    read = _reader(weights)
    return _choose(ids, more, lambda ids, _h: (read(ids, None)[0][0], None))


def _prefix_unchanged(ids: Tensor, more: int, weights: Weights) -> Made:
    read = _reader(weights)
    prefix = ids
    return _choose(ids, more, lambda _ids, _h: (read(prefix, None)[0][-1], None))


def _new_only(ids: Tensor, more: int, weights: Weights) -> Made:
    made, scores = reference(ids, more, weights)
    return made[len(ids) :], scores


def _probabilities(ids: Tensor, more: int, weights: Weights) -> Made:
    made, scores = reference(ids, more, weights)
    return made, scores.softmax(dim=1)


MISTAKES = [
    (
        "prefix-and-state",
        _prefix_and_state,
        (
            "Each step still reads the whole sentence *and* starts from a state that has read it "
            "already. Either the whole sentence with no state, or the last word with `h`."
        ),
    ),
    (
        "state-forgotten",
        _state_forgotten,
        (
            "Each new word is chosen from the last word alone, with no state: a bigram model. "
            "Hand `h` on, or read the whole sentence each time."
        ),
    ),
    (
        "prefix-never-read",
        _prefix_never_read,
        (
            "You hand the state on and read one word at a time, but the first step reads only the "
            "sentence's last word; the words before it were never read. Read the whole sentence "
            "once, then one word at a time."
        ),
    ),
    (
        "last-word-twice",
        _last_word_twice,
        (
            "The last word of the sentence is read twice: once in the sentence, and once more "
            "alone with the state that knows it. Choose the first new word from the scores of the "
            "first reading."
        ),
    ),
    (
        "first-step-scores",
        _first_step_scores,
        (
            "You choose from the scores after the first word: `scores[0, 0]`. The scores after the "
            "last word are `scores[0, -1]`."
        ),
    ),
    (
        "prefix-unchanged",
        _prefix_unchanged,
        (
            "Every step reads the sentence as it came in, so every new word is the same. Read on: "
            "the new word belongs to the sentence now."
        ),
    ),
    (
        "new-only",
        _new_only,
        "The new words are right. Return the whole sentence: the given ids and the new ones.",
    ),
    (
        "probabilities",
        _probabilities,
        "The sentence is right, but these are probabilities. Return the scores before any softmax.",
    ),
]
