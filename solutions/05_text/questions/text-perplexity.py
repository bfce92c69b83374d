"""text-perplexity: exp of the mean surprise over all real words.

Sentences differ in length and the model is unevenly sure of them, so that each wrong mean shows.
"""

import math
from collections.abc import Callable

import numpy as np
from torch import Tensor
from torch.nn import functional

TITLE = "Perplexity"
KIND = "function"
POINTS = 3
CASES = 4
HINTS = [
    (
        "Three steps: the surprise of each word, its mean over the words that count, and `exp` of "
        "that mean. In this order."
    ),
    (
        "`F.cross_entropy` does the first two at once. It wants one row of scores per target: "
        "flatten `logits` to (B·T, V) and `targets` to (B·T,). It passes over -100 by itself."
    ),
    ("`torch.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()))`."),
]

Measure = Callable[[Tensor, Tensor], Tensor]


def inputs(rng: np.random.Generator) -> dict[str, object]:
    """Draw logits (B, T, V), the longer sentences the surer ones, and targets (B, T), -100 behind.

    B, T and V differ; the first sentence is full, the last has two words.
    """
    batch, steps, words = (int(size) for size in rng.permutation([3, 5, 7]))
    steps = max(steps, 4)
    lengths = np.linspace(steps, 2, batch).round().astype(int)
    targets = rng.integers(1, words, (batch, steps))
    logits = rng.standard_normal((batch, steps, words)) * 1.5
    for row, length in enumerate(lengths):
        if row % 2 == 0:
            np.put_along_axis(logits[row], targets[row][:, np.newaxis], 2.5, axis=1)
        targets[row, length:] = -100
    return {"logits": logits, "targets": targets}


def _surprises(logits: Tensor, targets: Tensor) -> Tensor:
    """-log of the probability of each target (B, T); 0 where there is none."""
    return functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")


def reference(logits: Tensor, targets: Tensor) -> Tensor:
    """exp of the mean surprise over all targets that are not -100."""
    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).exp()


def _mean_of_exp(logits: Tensor, targets: Tensor) -> Tensor:
    return _surprises(logits, targets)[targets >= 0].exp().mean()


def _sentence_means(logits: Tensor, targets: Tensor) -> Tensor:
    return _surprises(logits, targets).sum(dim=1) / (targets >= 0).sum(dim=1)


def _mean_of_sentence_means(logits: Tensor, targets: Tensor) -> Tensor:
    return _sentence_means(logits, targets).mean().exp()


def _mean_of_sentence_perplexities(logits: Tensor, targets: Tensor) -> Tensor:
    return _sentence_means(logits, targets).exp().mean()


def _padding_in_the_count(logits: Tensor, targets: Tensor) -> Tensor:
    """Padded steps count as words that were guessed for certain."""
    return _surprises(logits, targets).mean().exp()


def _padding_as_a_word(logits: Tensor, targets: Tensor) -> Tensor:
    return _surprises(logits, targets.clamp(min=0)).mean().exp()


def _mean_surprise(logits: Tensor, targets: Tensor) -> Tensor:
    return reference(logits, targets).log()


def _summed(logits: Tensor, targets: Tensor) -> Tensor:
    return _surprises(logits, targets).sum().exp()


def _two_to_the(logits: Tensor, targets: Tensor) -> Tensor:
    return 2 ** reference(logits, targets).log()


def _in_bits(logits: Tensor, targets: Tensor) -> Tensor:
    return (reference(logits, targets).log() / math.log(2)).exp()


def _reshaped(logits: Tensor, targets: Tensor) -> Tensor:
    """The classes brought to axis 1 by cutting anew."""
    batch, steps, words = logits.shape
    return functional.cross_entropy(logits.reshape(batch, words, steps), targets).exp()


def _softmax_first(logits: Tensor, targets: Tensor) -> Tensor:
    return reference(logits.softmax(dim=2), targets)


def _per_sentence(logits: Tensor, targets: Tensor) -> Tensor:
    return _sentence_means(logits, targets).exp()


def _classes_last(logits: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(logits, targets).exp()


def _targets_not_flat(logits: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(logits.flatten(0, 1), targets).exp()


def _all_flat(logits: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(logits.flatten(), targets.flatten()).exp()


def _mean_of_exp_with_padding(logits: Tensor, targets: Tensor) -> Tensor:
    return _surprises(logits, targets).exp().mean()


def _per_word(logits: Tensor, targets: Tensor) -> Tensor:
    return _surprises(logits, targets).exp()


def _gathered_at_minus_100(logits: Tensor, targets: Tensor) -> Tensor:
    return logits.softmax(2).gather(2, targets[:, :, None]).log().neg().mean().exp()


def _nll_of_probabilities(logits: Tensor, targets: Tensor) -> Tensor:
    return functional.nll_loss(logits.softmax(2).flatten(0, 1), targets.flatten()).exp()


def _nll_of_logits(logits: Tensor, targets: Tensor) -> Tensor:
    return functional.nll_loss(logits.flatten(0, 1), targets.flatten()).exp()


def _minus_forgotten(logits: Tensor, targets: Tensor) -> Tensor:
    return 1 / reference(logits, targets)


def _inverse_of_the_mean(logits: Tensor, targets: Tensor) -> Tensor:
    """One over the mean probability of what came."""
    return 1 / _surprises(logits, targets)[targets >= 0].neg().exp().mean()


def _entropy(logits: Tensor, targets: Tensor) -> Tensor:
    chances = logits.softmax(dim=2)
    return (-chances * chances.log()).sum(dim=2)[targets >= 0].mean().exp()


def _softmax_over_time(logits: Tensor, targets: Tensor) -> Tensor:
    said = logits.log_softmax(dim=1).gather(2, targets.clamp(min=0)[:, :, None])[:, :, 0]
    return said[targets >= 0].mean().neg().exp()


def _share_right(logits: Tensor, targets: Tensor) -> Tensor:
    return (logits.argmax(dim=2) == targets)[targets >= 0].double().mean()


MISTAKES: list[tuple[str, Measure, str]] = [
    (
        "mean-of-exp",
        [_mean_of_exp, _mean_of_exp_with_padding],
        (
            "You took `exp` of every word's surprise and then the mean: a few very surprising "
            "words outweigh all others. First the mean, then `exp`."
        ),
    ),
    (
        "mean-of-sentence-means",
        _mean_of_sentence_means,
        (
            "You took a mean for each sentence and then the mean of those: a word in a short "
            "sentence counts for more. Every word counts the same: one mean over all words."
        ),
    ),
    (
        "mean-of-sentence-perplexities",
        _mean_of_sentence_perplexities,
        (
            "You averaged the sentences' perplexities. Average surprises, over all words at once, "
            "and take `exp` last."
        ),
    ),
    (
        "padding-in-the-count",
        _padding_in_the_count,
        (
            "You divided by all steps, padded ones too: each counts as a word guessed for "
            "certain, and the number is too good. Only targets that are words count."
        ),
    ),
    (
        "padding-as-a-word",
        _padding_as_a_word,
        (
            "The padded steps are in it, with `<pad>` as the word to be guessed. Leave out every "
            "step whose target is -100."
        ),
    ),
    (
        "mean-surprise",
        _mean_surprise,
        "That is the mean surprise, the loss itself. Perplexity is `exp` of it.",
    ),
    (
        "summed",
        _summed,
        "You took `exp` of the sum. The mean is wanted, or longer texts would always be worse.",
    ),
    (
        "two-to-the",
        _two_to_the,
        (
            "2 to the power of the loss: right only for a loss in bits. PyTorch's logarithms are "
            "natural ones."
        ),
    ),
    (
        "in-bits",
        _in_bits,
        (
            "You turned the surprise into bits and then took `exp`: two bases mixed. Natural "
            "logarithm and `exp`, or log2 and powers of 2."
        ),
    ),
    (
        "reshaped",
        _reshaped,
        (
            "`reshape` does not exchange axes, it cuts the numbers anew: scores of different "
            "words are mixed. Exchange the axes, or lay batch and time out as one."
        ),
    ),
    (
        "softmax-first",
        _softmax_first,
        (
            "There is a softmax before `cross_entropy`, which does that itself: all scores are "
            "squeezed between 0 and 1, and no model can look sure. Give it the logits."
        ),
    ),
    (
        "per-sentence",
        _per_sentence,
        "That is one perplexity for each sentence. One number over all words is asked for.",
    ),
    (
        "classes-last",
        _classes_last,
        (
            "`cross_entropy` looks for the classes on axis 1, and yours are on axis 2: it takes "
            "the steps for words. Bring the scores into one row for each target, or exchange the "
            "two axes."
        ),
    ),
    (
        "targets-not-flattened",
        _targets_not_flat,
        (
            "The scores are one long list of rows now, and the targets still a table. Both have "
            "to be laid out alike."
        ),
    ),
    (
        "all-flattened",
        _all_flat,
        (
            "You flattened the scores altogether, and one number is left for each. A row of V "
            "scores belongs to each target: only batch and time become one axis."
        ),
    ),
    (
        "per-word",
        _per_word,
        ("That is one number for each word. The mean over all words comes before `exp`."),
    ),
    (
        "gathered-at-minus-100",
        _gathered_at_minus_100,
        (
            "-100 is no word, and no place to pick a probability from. Take out the padded steps "
            "first, with a mask."
        ),
    ),
    (
        "nll-of-probabilities",
        _nll_of_probabilities,
        (
            "`nll_loss` wants logarithms of probabilities, and got the probabilities: the loss "
            "comes out below 0."
        ),
    ),
    (
        "nll-of-logits",
        _nll_of_logits,
        (
            "`nll_loss` wants logarithms of probabilities, and got raw scores. `cross_entropy` "
            "takes the scores as they are."
        ),
    ),
    (
        "minus-forgotten",
        _minus_forgotten,
        ("The result is below 1: surprise is minus the logarithm, and the minus is missing."),
    ),
    (
        "inverse-mean-probability",
        _inverse_of_the_mean,
        (
            "That is one over the mean probability. Perplexity takes the mean of the logarithms "
            "first: exp of the mean surprise."
        ),
    ),
    (
        "entropy",
        _entropy,
        (
            "That is how unsure the model is by its own account, whatever came. A surprise is "
            "-log of the probability of the word that did come."
        ),
    ),
    (
        "softmax-over-time",
        _softmax_over_time,
        (
            "The probabilities are taken over the steps, `dim=1`. At each step the words share "
            "them: the last axis."
        ),
    ),
    (
        "share-of-right-words",
        _share_right,
        (
            "That is accuracy: how often the likeliest word came. Perplexity asks how likely the "
            "word that came was."
        ),
    ),
]
