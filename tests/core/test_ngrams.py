"""Count-based language models, against counts done by hand."""

import numpy as np
import pytest

from grader.core import ngrams

# `<s> a b` and `<s> a c a`, as ids: <s> 2, a 3, b 4, c 5; 0 pads, -100 has no next word.
X = np.array([[2, 3, 4, 0], [2, 3, 5, 3]])
Y = np.array([[3, 4, 2, -100], [3, 5, 3, 2]])
VOCABULARY = 6


def asked(before: tuple[int, int], following: int) -> ngrams.TextContexts:
    return ngrams.TextContexts(np.array([before]), np.array([following]))


def test_places_hold_two_words_before_and_pass_over_padding() -> None:
    found = ngrams.places(X, Y)
    assert found.following.tolist() == [3, 4, 2, 3, 5, 3, 2]
    assert found.before[:3].tolist() == [[0, 2], [2, 3], [3, 4]]


def test_counts_by_hand() -> None:
    known = ngrams.places(X, Y)
    unigram_a = (3 + 0.5) / (7 + 0.5 * VOCABULARY)
    unigram_b = (1 + 0.5) / (7 + 0.5 * VOCABULARY)
    # after <s>: `a` twice of two; after `a`: b, c, <s> once each of three
    bigram_a = (2 - 0.75) / 2 + 0.75 * 1 / 2 * unigram_a
    bigram_b = (1 - 0.75) / 3 + 0.75 * 3 / 3 * unigram_b
    # after `<s> a`: b and c once each of two
    trigram_b = (1 - 0.75) / 2 + 0.75 * 2 / 2 * bigram_b
    for order, before, following, expected in [
        (1, (0, 2), 3, unigram_a),
        (2, (0, 2), 3, bigram_a),
        (2, (2, 3), 4, bigram_b),
        (3, (2, 3), 4, trigram_b),
        (2, (2, 1), 3, unigram_a),  # never seen before: back to the unigram
    ]:
        found = ngrams.probabilities(known, asked(before, following), order, VOCABULARY)
        assert found[0] == pytest.approx(expected)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("before", [(0, 2), (2, 3), (3, 4), (5, 5), (1, 3)])
def test_each_distribution_sums_to_one(order: int, before: tuple[int, int]) -> None:
    known = ngrams.places(X, Y)
    every = ngrams.TextContexts(np.tile(before, (VOCABULARY, 1)), np.arange(VOCABULARY))
    assert ngrams.probabilities(known, every, order, VOCABULARY).sum() == pytest.approx(1)


def test_perplexity_of_equally_likely_words_is_their_number() -> None:
    assert ngrams.perplexity(np.full(7, 1 / 20)) == pytest.approx(20)


def test_an_order_that_is_not_there() -> None:
    known = ngrams.places(X, Y)
    with pytest.raises(ValueError, match="order is 4"):
        ngrams.probabilities(known, known, 4, VOCABULARY)
