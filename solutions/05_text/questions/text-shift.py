"""text-shift: from padded sentences to what a language model reads and what it must say.

Some sentences fill their row and some are short, so that a mask that is off by one step shows.
"""

import numpy as np
from torch import Tensor
from torch.nn import functional

TITLE = "Shift by one"
KIND = "function"
POINTS = 3
CASES = 4
HINTS = [
    (
        "Both are the same table, one step apart: what is read lacks the last column, what must be "
        "said lacks the first."
    ),
    (
        "`inputs = sentences[:, :-1]` and `targets = sentences[:, 1:]`. Then look at the targets: "
        "where they are 0 there is nothing to be said."
    ),
    (
        "`targets.masked_fill(targets == 0, -100)` gives a copy with -100 there. The inputs keep "
        "their zeros: an embedding has a row 0 and no row -100."
    ),
]

Made = tuple[Tensor, Tensor]


def inputs(rng: np.random.Generator) -> dict[str, object]:
    """Draw sentences (B, T + 1): 2 (`<s>`), words from 3 up, 2 again, zeros; the first is full."""
    rows, width = int(rng.choice([3, 5])), int(rng.choice([7, 8]))
    sentences = np.zeros((rows, width), dtype=np.int64)
    for row in range(rows):
        length = width - 2 if row == 0 else int(rng.integers(2, width - 3))
        sentences[row, : length + 2] = [2, *rng.integers(3, 30, length), 2]
    return {"sentences": sentences}


def reference(sentences: Tensor) -> Made:
    """What is read (B, T) and, one step ahead, what must be said (B, T), -100 where padded."""
    targets = sentences[:, 1:]
    return sentences[:, :-1], targets.masked_fill(targets == 0, -100)


def _like_the_data(sentences: Tensor) -> Made:
    """What is read is 0 wherever nothing is asked, as `lab.load` has it."""
    read, said = reference(sentences)
    return read.masked_fill(said == -100, 0), said


ALSO = [_like_the_data]


def _not_shifted(sentences: Tensor) -> Made:
    read = sentences[:, :-1]
    return read, read.masked_fill(read == 0, -100)


def _wrong_way(sentences: Tensor) -> Made:
    said = sentences[:, :-1]
    return sentences[:, 1:], said.masked_fill(said == 0, -100)


def _two_steps(sentences: Tensor) -> Made:
    read, _ = reference(sentences)
    said = functional.pad(sentences[:, 2:], (0, 1))
    return read, said.masked_fill(said == 0, -100)


def _rolled(sentences: Tensor) -> Made:
    """The table rolled on: as wide as before, with the first word behind the last."""
    said = sentences.roll(-1, dims=1)
    return sentences, said.masked_fill(said == 0, -100)


def _padding_is_a_target(sentences: Tensor) -> Made:
    return sentences[:, :-1], sentences[:, 1:]


def _masked_by_the_inputs(sentences: Tensor) -> Made:
    read, said = sentences[:, :-1], sentences[:, 1:]
    return read, said.masked_fill(read == 0, -100)


def _inputs_masked_too(sentences: Tensor) -> Made:
    """An id that the embedding has no row for."""
    read, said = reference(sentences)
    return read.masked_fill(read == 0, -100), said


def _end_not_asked(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return read, said.masked_fill(said == 2, -100)


def _start_lost(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return read[:, 1:], said[:, 1:]


def _targets_first(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return said, read


def _whole_table(sentences: Tensor) -> Made:
    return sentences, reference(sentences)[1]


def _whole_table_twice(sentences: Tensor) -> Made:
    return sentences, sentences.masked_fill(sentences == 0, -100)


def _along_the_batch(sentences: Tensor) -> Made:
    said = sentences[1:]
    return sentences[:-1], said.masked_fill(said == 0, -100)


def _last_word(sentences: Tensor) -> Made:
    said = sentences[:, -1]
    return sentences[:, :-1], said.masked_fill(said == 0, -100)


def _targets_as_floats(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return read, said.double()


def _ones(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return read, said.clamp(max=1)


def _minus_one(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return read, said.clamp(min=-1)


def _taken_out(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return read, said[said > 0]


def _targets_alone(sentences: Tensor) -> Tensor:
    return reference(sentences)[1]


def _targets_too_short(sentences: Tensor) -> Made:
    read, said = reference(sentences)
    return read, said[:, :-1]


def _lists(sentences: Tensor) -> object:
    read, said = reference(sentences)
    return read.tolist(), said.tolist()


def _mask_turned_round(sentences: Tensor) -> Made:
    read, said = sentences[:, :-1], sentences[:, 1:]
    return read, said.masked_fill(said != 0, -100)


MISTAKES = [
    (
        "not-shifted",
        _not_shifted,
        (
            "Your targets are the words that are read at the same step: the model is asked for "
            "what it has just been given. It would score 100% and know nothing."
        ),
    ),
    (
        "wrong-way",
        _wrong_way,
        (
            "Shifted the wrong way: yours reads a word and must say the one *before* it. Inputs "
            "lack the last column, targets the first."
        ),
    ),
    (
        "two-steps",
        _two_steps,
        ("Shifted too far: your targets are two words on."),
    ),
    (
        "rolled",
        _rolled,
        (
            "`roll` keeps the last column and puts each first word behind it: a step that asks "
            "for nonsense. Both parts are one column narrower than the table."
        ),
    ),
    (
        "padding-is-a-target",
        _padding_is_a_target,
        (
            "Your targets still hold zeros: the model would be trained, and praised, for saying "
            "`<pad>` after `<pad>`. Cross entropy passes over -100. (Some methods give a copy and "
            "leave the tensor as it is.)"
        ),
    ),
    (
        "masked-by-the-inputs",
        _masked_by_the_inputs,
        (
            "One zero is left behind each short sentence: you masked where the inputs are 0, and "
            "they end one step later. Look at the targets themselves."
        ),
    ),
    (
        "inputs-masked-too",
        _inputs_masked_too,
        (
            "The targets are right, but -100 is in the inputs as well, and an embedding has no "
            "row -100: IndexError. Did you write into a slice? It is a window on the same table, "
            "and what is written there stands in `sentences` and in all other slices, too. Make a "
            "copy, and inputs keep their zeros."
        ),
    ),
    (
        "end-not-asked",
        _end_not_asked,
        (
            "The closing `<s>` is masked out, so the model never learns that a sentence may end. "
            "Mask padding only."
        ),
    ),
    (
        "start-lost",
        _start_lost,
        (
            "The opening `<s>` is gone, and with it the question what a sentence begins with. "
            "Inputs start in column 0, targets in column 1."
        ),
    ),
    (
        "targets-first",
        _targets_first,
        "Both are right, in another order: first what is read, then what must be said.",
    ),
    (
        "whole-table-read",
        [_whole_table, _whole_table_twice],
        (
            "What is read is one column too wide: behind the last column there is nothing to be "
            "said. Both parts are (B, T), of a table (B, T + 1)."
        ),
    ),
    (
        "along-the-batch",
        _along_the_batch,
        (
            "You cut off a sentence, not a column: the first axis is the batch. The words of a "
            "sentence lie along axis 1."
        ),
    ),
    (
        "last-word-only",
        _last_word,
        (
            "Your targets are the last column alone. There is a word to be said at each step, (B, "
            "T)."
        ),
    ),
    (
        "targets-as-floats",
        _targets_as_floats,
        ("The targets are floats. `cross_entropy` wants whole word numbers, as they came."),
    ),
    (
        "mask-for-targets",
        _ones,
        (
            "Your targets are 1 wherever there is a word: a mask. The words themselves are to be "
            "said."
        ),
    ),
    (
        "another-number-than-minus-100",
        _minus_one,
        (
            "Padding is marked with a number that `cross_entropy` does not know. It passes over "
            "-100, and stumbles over any other below 0."
        ),
    ),
    (
        "padding-taken-out",
        _taken_out,
        (
            "You took the padding out, so all targets stand in one row and nobody knows to which "
            "step they belong. Leave them in the table and mark them."
        ),
    ),
    (
        "targets-alone",
        _targets_alone,
        ("That is one of the two. Return what is read and what must be said."),
    ),
    (
        "targets-too-short",
        _targets_too_short,
        (
            "Your targets lack a column at the end as well. Cut off the first one only; then both "
            "parts are as wide."
        ),
    ),
    (
        "plain-lists",
        _lists,
        (
            "Both are right, but plain lists. A model reads tensors, and slices of a tensor are "
            "tensors."
        ),
    ),
    (
        "mask-turned-round",
        _mask_turned_round,
        (
            "You put -100 where the words are and left the padding. It is the padding, `targets "
            "== 0`, that nobody shall be asked for."
        ),
    ),
]
