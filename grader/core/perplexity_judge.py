"""Judge a language model's repair by perplexity, against the bigram model of the same draw.

Of each sentence one place is asked: only the words before it are sent, and the logits for the next
word come back. The bigram model counts the same training sentences and is asked at the very same
places, so that chance in the choice of places hardly counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from grader.core import ngrams, probes, repair_messages
from grader.core.intervals import Number, largest
from grader.core.metrics import PERPLEXITY
from grader.core.probes import ProbedModel, Scored
from grader.core.question import Draw
from grader.core.repair_judge import RepairJudge
from grader.core.repair_preamble import end
from grader.core.request_batches import UnlabelledRows, generator, joined, sent
from grader.core.requests import Rows

Logits = npt.NDArray[np.float32]

BIGRAM = 2
ROWS_AT_ONCE = 512
# Exchanging the layer's outputs between two places must move the guess for the next word by this
# part of what lies between the guesses for the two. It is 0 for a model that ignores the layer, and
# 0.10 to 0.14 where the embedding goes past the layer as well (`benchmarks.styles
# text-repair-past-the-layer --seeds 2`).
FOLLOWS_AT_LEAST = 0.05
# Of the perplexity on new sentences: what a model that has learnt much by heart stays below.
BY_HEART_BELOW = 0.75
# Of the bigram model's perplexity: up to here a steady model is nearly there.
NEARLY = 1.05
# The same for unseen sentences where validation holds: half the points.
JUST_MISSED = 1.02


@dataclass(frozen=True)
class DrawPerplexities:
    """Perplexities on one draw: the model's, and the bigram model's at the same places.

    Of medians that a further draw may move, bounds stand here.
    """

    train: Number
    val: Number
    hidden: Number
    bigram_val: Number
    bigram_hidden: Number


@dataclass(frozen=True)
class _AskedSteps:
    """One place of each sentence: `rows` of whole sentences, `at` the step that is asked (N,)."""

    rows: Rows
    at: npt.NDArray[np.int64]
    places: ngrams.TextContexts


class PerplexityJudge(RepairJudge[DrawPerplexities]):
    """Judges a language model's repair."""

    advice: ClassVar = repair_messages.REPAIR_ADVICE | repair_messages.PERPLEXITY_ADVICE
    details: ClassVar = {"metric": PERPLEXITY.name}

    def model(self, draw: Draw) -> ProbedModel:
        """Its outputs are the words of the draw, or more."""
        words = 1 + max(int(rows.x.array.max()) for rows in (draw.train, draw.val, draw.hidden))
        steps = draw.val.x.array.shape[1]

        def form(got: str, rows: int) -> str:
            return repair_messages.next_word_form(got, (rows, steps), words)

        return ProbedModel(self.question, self.ask, words, form, or_more=True)

    def probed_rows(self, draw: Draw) -> tuple[UnlabelledRows, UnlabelledRows]:
        """The validation sentences up to the place that is asked, and whole."""
        some = _choose(draw.val)
        return _cut(some), replace(sent(some.rows), at=some.at)

    def score(self, draw: Draw) -> DrawPerplexities:
        """Score one draw. A model that would pass must show that it passes by its layer."""
        model = self.model(draw)
        asked = [_choose(rows) for rows in (draw.train, draw.val, draw.hidden)]
        rows = joined([_cut(some) for some in asked])
        ends = np.cumsum([len(some.at) for some in asked])
        among = slice(*ends[:2])
        scored = probes.ask_all(
            model, rows, self.repair.layer, among, generator(rows, 1), noisy=True
        )
        train, val, hidden = (
            _perplexity(part, some.places.following)
            for part, some in zip(np.split(scored.logits, ends[:2]), asked, strict=True)
        )
        bigrams = [_bigram(draw, some, model.outputs) for some in asked[1:]]
        score = DrawPerplexities(train, val, hidden, *bigrams)
        if score.val <= score.bigram_val and not _uses_layer(scored):
            end(self.question, "layer-unused")
        return score

    def diagnose(self, middle: DrawPerplexities) -> str | None:
        """See `diagnose` below."""
        return diagnose(middle)

    def passed(self, middle: DrawPerplexities) -> str:
        """The medians beside the bigram model's."""
        return repair_messages.perplexity_passed(repair_messages.perplexities(**vars(middle)))

    def measured(self, middle: DrawPerplexities) -> str:
        """The medians beside the bigram model's, which is the goal."""
        return f"{repair_messages.perplexities(**vars(middle))}."

    def advice_values(self, middle: DrawPerplexities) -> dict[str, object]:
        """How far above the bigram model the worse of the two kinds of new sentences is."""
        over = largest(middle.val / middle.bigram_val, middle.hidden / middle.bigram_hidden) - 1
        return {"missing": f"{100 * over:.1f}%"}


def _cut(asked: _AskedSteps) -> UnlabelledRows:
    """The words up to each place; zeros stand behind."""
    rows = sent(asked.rows, asked.at)
    return replace(rows, x=np.where(np.arange(rows.x.shape[1]) <= asked.at[:, None], rows.x, 0))


def _uses_layer(scored: Scored) -> bool:
    """Whether guesses go with the layer's outputs: a part of the way to what the others got."""
    own, others, exchanged = (
        _log_chances(part)
        for part in (
            scored.logits[scored.places],
            scored.logits[scored.others],
            scored.exchanged,
        )
    )
    chances = np.exp(own)
    went = (chances * (own - exchanged)).sum(1).mean()
    between = (chances * (own - others)).sum(1).mean()
    return bool(went >= FOLLOWS_AT_LEAST * between)


def _bigram(draw: Draw, asked: _AskedSteps, words: int) -> float:
    """The bigram model's perplexity at the same places."""
    known = ngrams.places(draw.train.x.array, draw.train.y.array)
    return ngrams.perplexity(ngrams.probabilities(known, asked.places, BIGRAM, words))


def _choose(rows: Rows) -> _AskedSteps:
    """One place of each sentence, every one of its words equally likely, its end too."""
    following = rows.y.array
    if rows.lengths is None or following.ndim != 2:
        message = "a language model is judged on sentences with lengths and a next word per step"
        raise ValueError(message)
    # From the data, so that every judge asks the same; nobody knows it who lacks the sentences.
    rng = np.random.default_rng([len(following), int(rows.x.array.sum())])
    at = (rng.random(len(following)) * rows.lengths.array).astype(np.int64)
    places = ngrams.places_at(rows.x.array, following, np.arange(len(at)), at)
    return _AskedSteps(rows, at, places)


def _log_chances(logits: Logits) -> npt.NDArray[np.float64]:
    """The log of the softmax, in double precision."""
    wide = logits.astype(np.float64)
    highest = wide.max(axis=1, keepdims=True)
    logs: npt.NDArray[np.float64] = wide - (
        highest + np.log(np.exp(wide - highest).sum(axis=1, keepdims=True))
    )
    return logs


def _perplexity(logits: Logits, following: npt.NDArray[np.int64]) -> float:
    """exp of the mean over places of -log softmax at the word that came next."""
    surprise = 0.0
    for start in range(0, len(logits), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        logs = _log_chances(logits[some])
        surprise -= float(logs[np.arange(len(logs)), following[some]].sum())
    return float(np.exp(surprise / len(logits)))


def diagnose(middle: DrawPerplexities) -> str | None:
    """Name what the medians show, or None where the bar holds on both kinds of new sentences.

    Raises UndecidedError where it depends on which of the numbers between bounds the medians are.
    """
    val, hidden = middle.val / middle.bigram_val, middle.hidden / middle.bigram_hidden
    if val <= 1 and hidden <= 1:
        return None
    if val <= 1:
        return "unseen-just-missed" if hidden <= JUST_MISSED else "hidden-data"
    if val <= NEARLY and hidden <= NEARLY:
        return "nearly"
    by_heart = middle.train < BY_HEART_BELOW * middle.val
    return "memorises" if by_heart else "underfits"
