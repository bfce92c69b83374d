"""Judge a language model's repair: is it less unsure of the next word than a bigram model?

Like `core.repair` it trains the recipe on data sets drawn anew, and it never tells an answer: of
each sentence one place is asked, only the words before it are sent, and the logits for the next
word come back. The bigram model counts the same training sentences and is asked at the very same
places, so that chance in the choice of places hardly counts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from statistics import median

import numpy as np
import numpy.typing as npt

from grader.core import ngrams, repair_messages
from grader.core.compare import describe
from grader.core.question import Draw, Prepared, Repair
from grader.core.requests import Predict, Raised, Returned, Rows, Unusable
from grader.core.ruling import failed, rule
from grader.core.trained import Ask, EndedError, Facts, end, size_and_layer, train
from grader.core.values import Tensor
from grader.core.verdict import Outcome, Verdict

Numbers = npt.NDArray[np.float64]

BIGRAM = 2
# A frame holds 64 MiB: 512 rows of 30,000 words in float32.
ROWS_AT_ONCE = 512
ROWS_FOR_RULES = 256
# With its layer's outputs exchanged between sentences a model must be far more unsure.
WORSE_WITHOUT_LAYER = 1.2
# Of the perplexity on new sentences: what a model that has learnt much by heart stays below.
BY_HEART_BELOW = 0.75


@dataclass(frozen=True)
class Unsure:
    """Perplexities on one draw: the model's, and the bigram model's at the same places."""

    train: float
    val: float
    hidden: float
    bigram_val: float
    bigram_hidden: float


@dataclass(frozen=True)
class _Asked:
    """One place of each sentence: `rows` of whole sentences, `at` the step that is asked (N,)."""

    rows: Rows
    at: npt.NDArray[np.int64]
    places: ngrams.Places

    def first(self, count: int) -> _Asked:
        """The first `count` of them."""
        return _Asked(
            _pick(self.rows, slice(count)), self.at[:count], self.places.rows(slice(count))
        )


def judge_perplexity(question: Prepared, ask: Ask) -> Verdict:
    """Train and score the recipe on every draw; medians decide."""
    repair = question.repair
    if repair is None or not repair.draws:
        message = f"{question.id}: a repair is judged on draws, and none were prepared"
        raise ValueError(message)
    try:
        scores, idle = [], 0.0
        for draw in repair.draws:
            train(question, ask, draw)
            facts, uses_layer = _rules(question, repair, ask, draw)
            score = _score(question, ask, draw)
            # who knows little cannot lose much without the layer; only a model that would pass must
            # show what it passes by
            if score.val <= score.bigram_val and not uses_layer:
                end(question, repair, "layer-unused")
            idle = max(idle, facts.idle_dropout)
            scores.append(score)
        return _decide(question, repair, scores, idle)
    except EndedError as ended:
        return ended.verdict


def _rules(question: Prepared, repair: Repair, ask: Ask, draw: Draw) -> tuple[Facts, bool]:
    """The layer is there, the size holds, eval mode is deterministic, time runs onward.

    Returns what the model tells of itself, and whether it knows less without its layer.
    """
    facts = size_and_layer(question, repair, ask)
    some = _choose(draw.val).first(ROWS_FOR_RULES)
    words = _vocabulary(draw)
    logits = _logits(question, ask, some, words)
    if not _same(logits, _logits(question, ask, some, words)):
        end(question, repair, "random-in-eval")
    if np.allclose(logits.sum(1), 1.0, atol=1e-3) and (logits >= 0).all():
        end(question, repair, "probabilities")
    if not _same(logits, _logits(question, ask, some, words, whole=True)):
        end(question, repair, "sees-the-future")
    rolled = _logits(question, ask, some, words, roll=repair.layer)
    usual, exchanged = (_perplexity(each, some.places.following) for each in (logits, rolled))
    return facts, exchanged >= WORSE_WITHOUT_LAYER * usual


def _bigram(draw: Draw, asked: _Asked, words: int) -> float:
    """The bigram model's perplexity at the same places."""
    known = ngrams.places(draw.train.x.array, draw.train.y.array)
    return ngrams.perplexity(ngrams.probabilities(known, asked.places, BIGRAM, words))


def _same(one: Numbers, other: Numbers) -> bool:
    return bool(np.allclose(one, other, rtol=1e-3, atol=1e-3))


def _choose(rows: Rows) -> _Asked:
    """One place of each sentence, every one of its words equally likely, its end too."""
    following = rows.y.array
    if rows.lengths is None or following.ndim != 2:
        message = "a language model is judged on sentences with lengths and a next word per step"
        raise ValueError(message)
    # From the data, so that every judge asks the same; nobody knows it who lacks the sentences.
    rng = np.random.default_rng([len(following), int(rows.x.array.sum())])
    at = (rng.random(len(following)) * rows.lengths.array).astype(np.int64)
    places = ngrams.places_at(rows.x.array, following, np.arange(len(at)), at)
    return _Asked(rows, at, places)


def _pick(rows: Rows, index: slice) -> Rows:
    def cut(tensor: Tensor) -> Tensor:
        return Tensor(tensor.array[index], tensor.dtype, tensor.library)

    return Rows(cut(rows.x), cut(rows.y), cut(rows.lengths) if rows.lengths else None)


def _vocabulary(draw: Draw) -> int:
    return 1 + max(int(rows.x.array.max()) for rows in (draw.train, draw.val, draw.hidden))


def _logits(
    question: Prepared,
    ask: Ask,
    asked: _Asked,
    words: int,
    *,
    whole: bool = False,
    roll: str | None = None,
) -> Numbers:
    """Logits (N, V) for the next word, of the words up to each place (or of the `whole` rows)."""
    x, at = asked.rows.x.array, asked.at
    lengths = asked.rows.lengths.array if whole and asked.rows.lengths else at + 1
    if not whole:
        x = np.where(np.arange(x.shape[1]) < lengths[:, np.newaxis], x, 0)
    parts = []
    for start in range(0, len(x), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        sent, ends, steps = (
            Tensor(np.ascontiguousarray(array[some]).astype(np.int64), "int64")
            for array in (x, lengths, at)
        )
        reply = ask(Predict(sent, ends, roll, steps))
        if isinstance(reply, Raised):
            raise EndedError(failed(question, reply))
        made = reply.value if isinstance(reply, Returned) else None
        if not _is_scores(made, len(sent.array), words) or not isinstance(made, Tensor):
            got = reply.what if isinstance(reply, Unusable) else describe(made)
            text = repair_messages.next_word_form(got, sent.shape, words)
            raise EndedError(rule(question, Outcome.WRONG, text, mistake="not-logits"))
        parts.append(made.array.astype(np.float64))
    return np.concatenate(parts)


def _is_scores(made: object, rows: int, words: int) -> bool:
    return (
        isinstance(made, Tensor)
        and made.is_floating
        and len(made.shape) == 2
        and made.shape[0] == rows
        and made.shape[1] >= words
        and bool(np.isfinite(made.array).all())
    )


def _perplexity(logits: Numbers, following: npt.NDArray[np.int64]) -> float:
    """exp of the mean over places of -log softmax at the word that came next."""
    highest = logits.max(axis=1)
    total = highest + np.log(np.exp(logits - highest[:, np.newaxis]).sum(axis=1))
    return float(np.exp((total - logits[np.arange(len(logits)), following]).mean()))


def _score(question: Prepared, ask: Ask, draw: Draw) -> Unsure:
    words = _vocabulary(draw)
    asked = {name: _choose(getattr(draw, name)) for name in ("train", "val", "hidden")}
    found = {
        name: _perplexity(_logits(question, ask, some, words), some.places.following)
        for name, some in asked.items()
    }
    bigram = {name: _bigram(draw, asked[name], words) for name in ("val", "hidden")}
    return Unsure(found["train"], found["val"], found["hidden"], bigram["val"], bigram["hidden"])


def _decide(
    question: Prepared, repair: Repair, scores: list[Unsure], idle_dropout: float
) -> Verdict:
    middle = Unsure(
        **{f.name: median(getattr(score, f.name) for score in scores) for f in fields(Unsure)}
    )
    details = {
        "metric": repair.metric,
        "draws": [asdict(score) for score in scores],
        "median": asdict(middle),
        "reference": repair.reference,
    }
    mistake = diagnose(middle)
    measured = repair_messages.perplexities(**asdict(middle))
    if mistake is None:
        text = repair_messages.perplexity_passed(measured)
        return rule(question, Outcome.PASSED, text, details=details)
    advice = (repair_messages.REPAIR_ADVICE | repair_messages.PERPLEXITY_ADVICE)[mistake]
    if idle_dropout:
        mistake = "dropout-on-one-layer"
        advice = repair_messages.REPAIR_ADVICE[mistake].format(dropout=idle_dropout)
    text = f"{advice} Measured: {measured}."
    return rule(question, Outcome.WRONG, text, mistake=mistake, details=details)


def diagnose(middle: Unsure) -> str | None:
    """Name what the medians show, or None where the bar holds on both kinds of new sentences."""
    val_holds = middle.val <= middle.bigram_val
    hidden_holds = middle.hidden <= middle.bigram_hidden
    if val_holds and hidden_holds:
        return None
    if val_holds:
        return "hidden-data"
    by_heart = middle.train < BY_HEART_BELOW * middle.val
    return "memorises" if by_heart else "underfits"
