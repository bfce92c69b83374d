"""Judge a language model's repair: is it less unsure of the next word than a bigram model?

Like `core.repair` it trains the recipe on data sets drawn anew, and it never tells an answer: of
each sentence one place is asked, only the words before it are sent, and the logits for the next
word come back. The bigram model counts the same training sentences and is asked at the very same
places, so that chance in the choice of places hardly counts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from statistics import median

import numpy as np
import numpy.typing as npt

from grader.core import ngrams, probes, repair_messages
from grader.core.diagnosis import share_of
from grader.core.probes import ProbedModel, Scored
from grader.core.question import Draw, PreparedQuestion, Repair
from grader.core.repair_preamble import Ask, EndedError, ModelFacts, build, check_facts, end, train
from grader.core.request_batches import UnlabelledRows, generator, joined, sent
from grader.core.requests import Rows
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict

Logits = npt.NDArray[np.float32]

BIGRAM = 2
ROWS_AT_ONCE = 512
# Exchanging the layer's outputs between two places must move the guess for the next word by this
# part of what lies between the guesses for the two. It is 0 for a model that ignores the layer.
FOLLOWS_AT_LEAST = 0.1
# Of the perplexity on new sentences: what a model that has learnt much by heart stays below.
BY_HEART_BELOW = 0.75
# Of the bigram model's perplexity: up to here a steady model is nearly there.
NEARLY = 1.05
# The same for unseen sentences where validation holds: half the points.
JUST_MISSED = 1.02


@dataclass(frozen=True)
class DrawPerplexities:
    """Perplexities on one draw: the model's, and the bigram model's at the same places."""

    train: float
    val: float
    hidden: float
    bigram_val: float
    bigram_hidden: float


@dataclass(frozen=True)
class _AskedSteps:
    """One place of each sentence: `rows` of whole sentences, `at` the step that is asked (N,)."""

    rows: Rows
    at: npt.NDArray[np.int64]
    places: ngrams.TextContexts


def judge_perplexity(question: PreparedQuestion, ask: Ask) -> Verdict:
    """Train and score the recipe on every draw; medians decide."""
    repair = question.repair
    if repair is None or not repair.draws:
        message = f"{question.id}: a repair is judged on draws, and none were prepared"
        raise ValueError(message)
    try:
        if build(question, ask, repair.draws[0]):
            _check(question, repair, ask, repair.draws[0])
        scores, idle = [], 0.0
        for draw in repair.draws:
            train(question, ask, draw)
            facts = _check(question, repair, ask, draw)
            idle = max(idle, facts.idle_dropout)
            scores.append(_try(question, repair, ask, draw))
            if check_facts(question, repair, ask).state != facts.state:
                end(question, "weights-change")
        return _decide(question, repair, scores, idle)
    except EndedError as ended:
        return ended.verdict


def _model(question: PreparedQuestion, ask: Ask, draw: Draw) -> ProbedModel:
    words = 1 + max(int(rows.x.array.max()) for rows in (draw.train, draw.val, draw.hidden))
    steps = draw.val.x.array.shape[1]

    def form(got: str, rows: int) -> str:
        return repair_messages.next_word_form(got, (rows, steps), words)

    return ProbedModel(question, ask, words, form, or_more=True)


def _check(question: PreparedQuestion, repair: Repair, ask: Ask, draw: Draw) -> ModelFacts:
    """Check what holds with any weights; before a training and after it."""
    check_facts(question, repair, ask)
    some = _choose(draw.val)
    cut, whole = _cut(some), sent(some.rows)
    probes.check_form(
        _model(question, ask, draw), repair, cut, generator(cut, 0), replace(whole, at=some.at)
    )
    facts = check_facts(question, repair, ask)
    probes.check_layer_runs(question, repair, facts)
    return facts


def _cut(asked: _AskedSteps) -> UnlabelledRows:
    """The words up to each place; zeros stand behind."""
    rows = sent(asked.rows, asked.at)
    return replace(rows, x=np.where(np.arange(rows.x.shape[1]) <= asked.at[:, None], rows.x, 0))


def _try(question: PreparedQuestion, repair: Repair, ask: Ask, draw: Draw) -> DrawPerplexities:
    """Score one draw. A model that would pass must show that it passes by its layer."""
    model = _model(question, ask, draw)
    asked = [_choose(rows) for rows in (draw.train, draw.val, draw.hidden)]
    rows = joined([_cut(some) for some in asked])
    ends = np.cumsum([len(some.at) for some in asked])
    scored = probes.ask_all(
        model, rows, repair.layer, slice(*ends[:2]), generator(rows, 1), noisy=True
    )
    train_, val, hidden = (
        _perplexity(part, some.places.following)
        for part, some in zip(np.split(scored.logits, ends[:2]), asked, strict=True)
    )
    bigrams = [_bigram(draw, some, model.outputs) for some in asked[1:]]
    score = DrawPerplexities(train_, val, hidden, *bigrams)
    if score.val <= score.bigram_val and not _uses_layer(scored):
        end(question, "layer-unused")
    return score


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


def _decide(
    question: PreparedQuestion, repair: Repair, scores: list[DrawPerplexities], idle_dropout: float
) -> Verdict:
    middle = DrawPerplexities(
        **{
            f.name: median(getattr(score, f.name) for score in scores)
            for f in fields(DrawPerplexities)
        }
    )
    details = {
        "metric": repair.metric.name,
        "draws": [asdict(score) for score in scores],
        "median": asdict(middle),
        "reference": repair.reference,
    }
    mistake = diagnose(middle)
    measured = repair_messages.perplexities(**asdict(middle))
    if mistake is None:
        text = repair_messages.perplexity_passed(measured)
        return rule(question, Outcome.PASSED, text, details=details)
    share = share_of(mistake)
    if idle_dropout:
        mistake = "dropout-on-one-layer"
    over = max(middle.val / middle.bigram_val, middle.hidden / middle.bigram_hidden) - 1
    advice = (repair_messages.REPAIR_ADVICE | repair_messages.PERPLEXITY_ADVICE)[mistake]
    advice = advice.format(dropout=idle_dropout, missing=f"{100 * over:.1f}%")
    text = f"{advice} Measured: {measured}."
    return rule(question, Outcome.WRONG, text, mistake=mistake, share=share, details=details)


def diagnose(middle: DrawPerplexities) -> str | None:
    """Name what the medians show, or None where the bar holds on both kinds of new sentences."""
    val, hidden = middle.val / middle.bigram_val, middle.hidden / middle.bigram_hidden
    if val <= 1 and hidden <= 1:
        return None
    if val <= 1:
        return "unseen-just-missed" if hidden <= JUST_MISSED else "hidden-data"
    if val <= NEARLY and hidden <= NEARLY:
        return "nearly"
    by_heart = middle.train < BY_HEART_BELOW * middle.val
    return "memorises" if by_heart else "underfits"
