"""Judge a repair: train the learner's recipe on data sets drawn anew and score what it predicts.

A repair is a recipe, not a set of weights, so a lucky seed or a model that has learnt the page's
validation set neither pays nor hurts. Hidden labels stay on the judge's side: only sequences are
sent. What needs no training (the size, the form, what is read) is told before any.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from statistics import median

import numpy as np
import numpy.typing as npt

from grader.core import probes, repair_messages
from grader.core.diagnosis import DrawScore, Symptoms, diagnose, share_of
from grader.core.probes import ProbedModel, Scored
from grader.core.question import Draw, PreparedQuestion, Repair
from grader.core.repair_preamble import Ask, EndedError, ModelFacts, build, check_facts, end, train
from grader.core.request_batches import UnlabelledRows, generator, joined, sent
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict

__all__ = ["DrawScore", "diagnose", "judge_repair"]

# Of the answers that would be others if the layer alone gave them, these may stay where they were
# when its outputs are exchanged. An honest skip connection beside the layer keeps some; a model
# that ignores the layer keeps all.
STAYS_AT_MOST = 0.75
# Fewer rows tell nothing: a model that gives nearly everything one answer fails by its scores.
FEWEST_ROWS = 8


@dataclass(frozen=True)
class _Trial:
    """One draw: its scores, and what was found where they miss a bar."""

    score: DrawScore
    symptoms: Symptoms


def judge_repair(question: PreparedQuestion, ask: Ask) -> Verdict:
    """Train and score the recipe on every draw; medians decide."""
    repair = question.repair
    if repair is None or not repair.draws:
        message = f"{question.id}: a repair is judged on draws, and none were prepared"
        raise ValueError(message)
    try:
        if build(question, ask, repair.draws[0]):
            _check(question, repair, ask, repair.draws[0])
        trials, idle = [], 0.0
        for draw in repair.draws:
            train(question, ask, draw)
            facts = _check(question, repair, ask, draw)
            idle = max(idle, facts.idle_dropout)
            trials.append(_try(question, repair, ask, draw))
            if check_facts(question, repair, ask).state != facts.state:
                end(question, "weights-change")
        return _decide(question, repair, trials, idle)
    except EndedError as ended:
        return ended.verdict


def _model(question: PreparedQuestion, ask: Ask, draw: Draw) -> ProbedModel:
    classes = 1 + max(int(rows.y.array.max()) for rows in (draw.train, draw.val, draw.hidden))
    return ProbedModel(
        question, ask, classes, lambda got, n: repair_messages.logits_form(got, n, classes)
    )


def _check(question: PreparedQuestion, repair: Repair, ask: Ask, draw: Draw) -> ModelFacts:
    """Check what holds with any weights; before a training and after each."""
    check_facts(question, repair, ask)
    rows = sent(draw.val)
    probes.check_form(_model(question, ask, draw), repair, rows, generator(rows, 0))
    facts = check_facts(question, repair, ask)
    probes.check_layer_runs(question, repair, facts)
    return facts


def _try(question: PreparedQuestion, repair: Repair, ask: Ask, draw: Draw) -> _Trial:
    model = _model(question, ask, draw)
    splits = (draw.train, draw.val, draw.hidden)
    rows = joined([sent(split) for split in splits])
    ends = np.cumsum([len(split.y.array) for split in splits])
    rng = generator(rows, 1)
    noisy = repair.pad_invariant
    scored = probes.ask_all(model, rows, repair.layer, slice(*ends[:2]), rng, noisy=noisy)
    if not _uses_layer(scored):
        end(question, "layer-unused")
    right = scored.logits.argmax(1) == np.concatenate([split.y.array for split in splits])
    score = _score(right[: ends[0]], right[ends[0] : ends[1]], right[ends[1] :], draw)
    bars = repair.bars
    fine = min(score.val - bars.applied_val_at_least, score.hidden - bars.applied_hidden_at_least)
    return _Trial(score, Symptoms() if fine >= 0 else _symptoms(model, sent(draw.val), repair))


def _uses_layer(scored: Scored) -> bool:
    usual = scored.logits.argmax(1)
    own, others = usual[scored.places], usual[scored.others]
    differ = own != others
    if differ.sum() < FEWEST_ROWS:
        return True
    return bool((scored.exchanged.argmax(1) == own)[differ].mean() <= STAYS_AT_MOST)


def _score(
    train: npt.NDArray[np.bool_],
    val: npt.NDArray[np.bool_],
    hidden: npt.NDArray[np.bool_],
    draw: Draw,
) -> DrawScore:
    wrong = draw.wrong.array.astype(bool)
    return DrawScore(
        train=100.0 * float(train.mean()),
        val=100.0 * float(val.mean()),
        hidden=100.0 * float(hidden.mean()),
        learnt_by_heart=100.0 * float(train[wrong].mean()) if wrong.any() else 0.0,
        rightly_labelled=100.0 * float(train[~wrong].mean()) if not wrong.all() else 100.0,
    )


def _symptoms(model: ProbedModel, rows: UnlabelledRows, repair: Repair) -> Symptoms:
    rng = generator(rows, 2)
    return Symptoms(
        unseen_end=probes.unseen_end(model, rows, rng),
        reads_padding=not repair.pad_invariant and probes.reads_padding(model, rows, rng),
    )


def _decide(
    question: PreparedQuestion, repair: Repair, trials: list[_Trial], idle_dropout: float
) -> Verdict:
    scores = [trial.score for trial in trials]
    middle = DrawScore(
        **{f.name: median(getattr(score, f.name) for score in scores) for f in fields(DrawScore)}
    )
    symptoms = next((t.symptoms for t in trials if t.symptoms != Symptoms()), Symptoms())
    details = {
        "draws": [asdict(score) for score in scores],
        "median": asdict(middle),
        "reference": repair.reference,
    }
    bars, draws = repair.bars, len(scores)
    mistake = diagnose(middle, bars, symptoms)
    shown = repair_messages.scores(middle.train, middle.val, middle.hidden, draws)
    judged = repair_messages.judged(bars, middle.train, middle.val, middle.hidden)
    if mistake is None:
        text = repair_messages.repair_passed(shown, draws, judged)
        return rule(question, Outcome.PASSED, text, details=details)
    share = share_of(mistake)
    if idle_dropout:
        mistake = "dropout-on-one-layer"
    missing = max(
        bars.applied_val_at_least - middle.val, bars.applied_hidden_at_least - middle.hidden
    )
    advice = repair_messages.REPAIR_ADVICE[mistake].format(
        dropout=idle_dropout,
        end=symptoms.unseen_end,
        missing=repair_messages.percent_points(missing),
        train=middle.train,
        hidden=middle.hidden,
        right=middle.rightly_labelled,
        by_heart=middle.learnt_by_heart,
    )
    text = f"{advice} Measured: {shown}; goal: {repair_messages.bars(bars)}.{judged}"
    return rule(question, Outcome.WRONG, text, mistake=mistake, share=share, details=details)
