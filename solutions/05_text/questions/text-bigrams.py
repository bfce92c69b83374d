"""text-bigrams: count which word follows which. The simplest language model there is.

Some pairs come twice in a sentence and some sentences are short, so that lost repetitions and
counted padding show. No word but `<s>` and `<pad>` is special here.
"""

import numpy as np
import torch
from torch import Tensor

TITLE = "Count pairs"
KIND = "function"
POINTS = 2
CASES = 4
HINTS = [
    (
        "A pair is a word and the next one. All first halves are `sentences[:, :-1]`, all second "
        "halves `sentences[:, 1:]`: the same table, one step apart."
    ),
    (
        "Walk over both: for each `a, b` add one to `counts[a, b]`. Where `b` is 0 the sentence is "
        "over and there is no pair."
    ),
    (
        "Two loops will do: `for row in sentences.tolist():`, and in it "
        "`for a, b in zip(row, row[1:]):` with `if b != 0: counts[a, b] += 1`."
    ),
]


def inputs(rng: np.random.Generator) -> dict[str, object]:
    """Draw 4 or 5 sentences: 2 (`<s>`), words from 3 up, 2 again, zeros; and how many words exist.

    The first one says the same two words twice; the second fills its row.
    """
    words, width = int(rng.choice([7, 8])), int(rng.choice([9, 10]))
    rows = int(rng.choice([4, 5]))
    sentences = np.zeros((rows, width), dtype=np.int64)
    for row in range(rows):
        length = width - 2 if row == 1 else int(rng.integers(4, width - 3))
        said = rng.integers(3, words, length)
        if row == 0:
            said[:2] = said[2:4] = rng.permutation(np.arange(3, words))[:2]
        sentences[row, : length + 2] = [2, *said, 2]
    return {"sentences": sentences, "words": words}


def _count(first: Tensor, second: Tensor, words: int) -> Tensor:
    counts = torch.zeros(words, words, dtype=torch.long)
    for a, b in zip(first.flatten().tolist(), second.flatten().tolist(), strict=True):
        counts[a, b] += 1
    return counts


def reference(sentences: Tensor, words: int) -> Tensor:
    """How often b comes right after a, counts[a, b]: (V, V), whole numbers."""
    counts = _count(sentences[:, :-1], sentences[:, 1:], words)
    counts[:, 0] = 0
    return counts


def _turned(sentences: Tensor, words: int) -> Tensor:
    return reference(sentences, words).T


def _padding_counted(sentences: Tensor, words: int) -> Tensor:
    return _count(sentences[:, :-1], sentences[:, 1:], words)


def _one_long_text(sentences: Tensor, words: int) -> Tensor:
    text = sentences[sentences != 0]
    return _count(text[:-1], text[1:], words)


def _each_pair_once(sentences: Tensor, words: int) -> Tensor:
    return reference(sentences, words).clamp(max=1)


def _no_end(sentences: Tensor, words: int) -> Tensor:
    counts = reference(sentences, words)
    counts[:, 2] = 0
    return counts


def _no_start(sentences: Tensor, words: int) -> Tensor:
    counts = reference(sentences, words)
    counts[2] = 0
    return counts


def _both_ways(sentences: Tensor, words: int) -> Tensor:
    counts = reference(sentences, words)
    return counts + counts.T


def _one_between(sentences: Tensor, words: int) -> Tensor:
    counts = _count(sentences[:, :-2], sentences[:, 2:], words)
    counts[:, 0] = 0
    return counts


def _shares(sentences: Tensor, words: int) -> Tensor:
    counts = reference(sentences, words)
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1)


def _by_the_first_half(sentences: Tensor, words: int) -> Tensor:
    counts = _count(sentences[:, :-1], sentences[:, 1:], words)
    counts[0] = 0
    return counts


def _each_once_with_padding(sentences: Tensor, words: int) -> Tensor:
    return _padding_counted(sentences, words).clamp(max=1)


def _floats(sentences: Tensor, words: int) -> Tensor:
    return reference(sentences, words).double()


def _neither_end(sentences: Tensor, words: int) -> Tensor:
    counts = reference(sentences, words)
    counts[2] = 0
    counts[:, 2] = 0
    return counts


def _anywhere_behind(sentences: Tensor, words: int) -> Tensor:
    counts = torch.zeros(words, words, dtype=torch.long)
    for row in sentences.tolist():
        for place, a in enumerate(row):
            for b in row[place + 1 :]:
                counts[a, b] += int(b != 0)
    return counts


def _words_alone(sentences: Tensor, words: int) -> Tensor:
    return sentences.flatten().bincount(minlength=words).index_fill(0, torch.tensor(0), 0).diag()


def _word_with_itself(sentences: Tensor, words: int) -> Tensor:
    return sentences.flatten().bincount(minlength=words).diag()


def _first_sentence(sentences: Tensor, words: int) -> Tensor:
    return reference(sentences[:1], words)


def _ids_added(sentences: Tensor, words: int) -> Tensor:
    counts = reference(sentences, words) * torch.arange(words)
    return counts.sum(dim=1, keepdim=True).expand(words, words)


def _shares_of_nothing(sentences: Tensor, words: int) -> Tensor:
    counts = reference(sentences, words)
    return counts / counts.sum(dim=1, keepdim=True)


MISTAKES = [
    (
        "turned",
        _turned,
        (
            "The table is turned: your rows are the second words. `counts[a, b]` is how often `b` "
            "comes after `a`, so the word before chooses the row."
        ),
    ),
    (
        "padding-counted",
        _padding_counted,
        (
            "Column 0 is full: you counted padding as a word that follows. Zeros are no text; "
            "look at the second half of each pair."
        ),
    ),
    (
        "one-long-text",
        _one_long_text,
        (
            "You put all sentences end to end, so the end of one is followed by the start of the "
            "next: `<s>` after `<s>`. Nobody said that. Count within each row."
        ),
    ),
    (
        "each-pair-once",
        [_each_pair_once, _each_once_with_padding],
        (
            "No count is above 1, though some pairs come more often. Adding 1 at whole tensors of "
            "places writes each place once, however often it is named; `=` in the place of `+=` "
            "does so, too. (If padding is counted, that is the next thing.)"
        ),
    ),
    (
        "no-end",
        _no_end,
        (
            "The ends are missing: column 2, `<s>` after a last word, is all zeros. That a "
            "sentence ends here is something to be learnt too."
        ),
    ),
    (
        "no-start",
        _no_start,
        (
            "The beginnings are missing: row 2, what comes after `<s>`, is all zeros. Without it "
            "nobody could say how sentences begin."
        ),
    ),
    (
        "both-ways",
        _both_ways,
        (
            'You counted each pair in both directions. "the cat" is no sign for "cat the": '
            "add to `counts[a, b]` only."
        ),
    ),
    (
        "one-between",
        _one_between,
        ("Your pairs have a word between them. The next word is one step on."),
    ),
    (
        "shares",
        [_shares, _shares_of_nothing],
        "These are shares of each row. Here the counts themselves are asked for, as whole numbers.",
    ),
    (
        "masked-by-the-first-word",
        _by_the_first_half,
        (
            "You look whether the first word of a pair is 0, so the last `<s>` of each short "
            "sentence still has a zero behind it counted. It is the second half that must not be "
            "padding."
        ),
    ),
    (
        "floats",
        _floats,
        (
            "The counts are right, but they are floats. Counts are whole numbers: the table was "
            "made as such above, with `dtype=torch.long`."
        ),
    ),
    (
        "neither-end",
        _neither_end,
        (
            "Pairs with `<s>` are missing on both sides, so nobody learns how sentences begin and "
            "end. Only padding is no text."
        ),
    ),
    (
        "anywhere-behind",
        _anywhere_behind,
        (
            "You count every word that comes anywhere later in the sentence. A pair is a word and "
            "the very next one."
        ),
    ),
    (
        "words-alone",
        [_words_alone, _word_with_itself],
        (
            "You count each word with itself: that is how often it comes at all. A pair is a word "
            "and the next one, one step further."
        ),
    ),
    (
        "first-sentence-only",
        _first_sentence,
        ("Only the first sentence is counted. Does the `return` stand inside the loop?"),
    ),
    (
        "ids-added",
        _ids_added,
        (
            "You add up ids in a whole row of the table. Ids are names, not amounts: one place, "
            "the row of `a` and the column of `b`, goes up by one."
        ),
    ),
]
