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


def _sentence_only(ids: Tensor, more: int, weights: Weights) -> Tensor:
    return reference(ids, more, weights)[0]


def _list_of_scores(ids: Tensor, more: int, weights: Weights) -> tuple[Tensor, list[Tensor]]:
    made, scores = reference(ids, more, weights)
    return made, list(scores)


def _glued(ids: Tensor, more: int, weights: Weights) -> Made:
    made, scores = reference(ids, more, weights)
    return made, scores.flatten()


def _last_scores(ids: Tensor, more: int, weights: Weights) -> Made:
    made, scores = reference(ids, more, weights)
    return made, scores[-1]


def _all_scores(ids: Tensor, more: int, weights: Weights) -> Made:
    made, _ = reference(ids, more, weights)
    return made, _reader(weights)(made, None)[0]


def _stacked_scores(ids: Tensor, more: int, weights: Weights) -> Tensor:
    made, _ = reference(ids, more, weights)
    read = _reader(weights)
    return torch.stack([read(made[: len(ids) + n], None)[0] for n in range(more)])


def _stacked_batches(ids: Tensor, more: int, weights: Weights) -> Tensor:
    made, _ = reference(ids, more, weights)
    read = _reader(weights)
    return torch.stack([read(made[: len(ids) + n], None)[0][None] for n in range(more)])


def _best_of_all(ids: Tensor, more: int, weights: Weights) -> Made:
    read, chosen_from = _reader(weights), []
    for _ in range(more):
        scores, _ = read(ids, None)
        chosen_from.append(scores[-1])
        ids = torch.cat([ids, scores.argmax()[None]])
    return ids, torch.stack(chosen_from)


def _best_of_each(ids: Tensor, more: int, weights: Weights) -> Made:
    read, chosen_from = _reader(weights), []
    for _ in range(more):
        scores, _ = read(ids, None)
        chosen_from.append(scores[-1])
        ids = torch.cat([ids, scores.argmax(dim=1)])
    return ids, torch.stack(chosen_from)


def _last_not_read(ids: Tensor, more: int, weights: Weights) -> Made:
    read = _reader(weights)
    scores, h = read(ids[:-1], None)
    chosen_from = []
    for _ in range(more):
        chosen_from.append(scores[-1])
        new = scores[-1].argmax()[None]
        ids = torch.cat([ids, new])
        scores, h = read(new, h)
    return ids, torch.stack(chosen_from)


def _first_of_no_batch(ids: Tensor, more: int, weights: Weights) -> Made:
    """`scores[0, -1]` where no batch axis was given: one score."""
    read = _reader(weights)
    return _choose(ids, more, lambda ids, _h: (read(ids, None)[0][0, -1], None))


def _number_joined(ids: Tensor, more: int, weights: Weights) -> Tensor:
    return torch.cat([ids, _reader(weights)(ids, None)[0][-1].argmax()])


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
            "Either the state goes on, or the whole sentence is read each time."
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
            "You choose from the scores after the first word. It is the last word's scores that "
            "say what comes next."
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
    (
        "sentence-alone",
        _sentence_only,
        (
            "The sentence is right; the scores that each new word was chosen from are asked for "
            "as well."
        ),
    ),
    (
        "a-list-of-scores",
        _list_of_scores,
        (
            "Both are right, but the scores are still a list. One tensor of them is asked for, a "
            "row for each new word."
        ),
    ),
    (
        "scores-end-to-end",
        _glued,
        ("The scores are glued end to end. A row for each new word is asked for: (more, V)."),
    ),
    (
        "last-scores-only",
        _last_scores,
        ("Only the last word's scores came back. Collect those of each new word."),
    ),
    (
        "scores-of-every-step",
        [_all_scores, _stacked_scores, _stacked_batches],
        (
            "You keep the scores of every step that was read. A new word is chosen from the last "
            "step's alone: one row of V for each."
        ),
    ),
    (
        "best-of-all-steps",
        _best_of_all,
        (
            "`argmax` without an axis looks through the scores of all steps and gives a place in "
            "them, which is no word. Take the last step's scores first."
        ),
    ),
    (
        "best-of-each-step",
        _best_of_each,
        (
            "You append a word for every step that was read. Only the scores of the last step say "
            "what comes next."
        ),
    ),
    (
        "last-word-not-read",
        _last_not_read,
        (
            "The last given word is never read before the first new one is chosen: the scores are "
            "those of the word before."
        ),
    ),
    (
        "batch-axis-forgotten",
        _first_of_no_batch,
        (
            "The model was given no batch axis, so its scores have none either: `scores[0, -1]` "
            "is then one number, of the first word. Give it (1, T), or index without the 0."
        ),
    ),
    (
        "number-joined",
        _number_joined,
        (
            "`argmax` gives a number without an axis, and `cat` joins tensors that have one. Give "
            "it an axis first."
        ),
    ),
]
