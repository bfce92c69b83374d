"""What the judge finds out about a model by asking it: its form, its layer, what it reads.

Every probe asks as a score is asked (`core.request_batches`). Those of `check_form` hold for any
weights, so they can speak before a model has been trained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grader.core.compare import describe
from grader.core.question import RepairQuestion
from grader.core.repair_preamble import EndedError, ModelFacts, end
from grader.core.request_batches import (
    LAST_SPECIAL,
    ROWS_AT_ONCE,
    Index,
    UnlabelledRows,
    batches,
    partners,
    widened,
    with_noise,
)
from grader.core.requests import Predict, Raised, Reply, Request, Returned, Unusable
from grader.core.values import Tensor
from grader.core.verdict_rules import failed, rule
from grader.core.verdicts import Outcome

Logits = npt.NDArray[np.float32]
# Says what was wrong with an output: of (what came, how many rows were asked).
Form = Callable[[str, int], str]

# Columns put behind every sequence.
MORE_COLUMNS = 15
# Of the largest logit: what rounding moves, in single precision and in half.
ROUNDING = 1e-3
HALF_ROUNDING = 0.03
# Of the largest logit: what other company in a batch moves where rows are mixed up.
COMPANY = 10 * ROUNDING
HALF_COMPANY = 3 * HALF_ROUNDING
# Steps at either end of a sequence that are exchanged to see whether a model reads them, and the
# part of the largest logit that they must move.
END_STEPS = 2
SEEN = 1e-4
# Answers that differ when the same rows are asked once more, at most.
CHANGED_AT_MOST = 0.02
PAIRS = 192


@dataclass(frozen=True)
class ProbedModel:
    """The model as it can be asked. `outputs` is how many scores it gives for a row.

    A language model may give more than that: `or_more`.
    """

    question: RepairQuestion
    ask: Callable[[Request], Reply]
    outputs: int
    form: Form
    or_more: bool = False

    def logits(
        self,
        rows: UnlabelledRows,
        exchange: str | None = None,
        others: UnlabelledRows | None = None,
    ) -> Logits:
        """Scores (N, outputs) of one batch. Raises EndedError where they are no finite floats."""
        return self.answer(rows.request(exchange, others))[0]

    def answer(self, request: Predict) -> tuple[Logits, float]:
        """Scores, and the part of the largest that rounding may move in their precision."""
        reply = self.ask(request)
        if isinstance(reply, Raised):
            raise EndedError(failed(self.question, reply))
        made = reply.value if isinstance(reply, Returned) else None
        rows = request.x.shape[0]
        if not isinstance(made, Tensor) or not self._is_scores(made, rows):
            got = reply.what if isinstance(reply, Unusable) else describe(made)
            text = self.form(got, rows)
            raise EndedError(rule(self.question, Outcome.WRONG, text, mistake="not-logits"))
        rounding = HALF_ROUNDING if made.dtype in ("float16", "bfloat16") else ROUNDING
        return made.array.astype(np.float32), rounding

    def _is_scores(self, made: Tensor, rows: int) -> bool:
        if not made.is_floating or len(made.shape) != 2 or made.shape[0] != rows:
            return False
        fits = made.shape[1] >= self.outputs if self.or_more else made.shape[1] == self.outputs
        return fits and bool(np.isfinite(made.array).all())


def check_form(
    model: ProbedModel,
    rows: UnlabelledRows,
    rng: np.random.Generator,
    whole: UnlabelledRows | None = None,
) -> None:
    """Check what must hold with any weights. Raises EndedError at the first that does not.

    Two passes agree; logits and no probabilities; padding and other rows move nothing. `whole` are
    the same sentences with their ends, which a language model must not look at.
    """
    places = rng.permutation(len(rows))[: 2 * ROWS_AT_ONCE]
    if rows.lengths is not None:  # the longest stay in every batch: some models cut to it
        places = places[np.argsort(-rows.lengths[places], kind="stable")]
    few, more = places[::2][:ROWS_AT_ONCE], places[1::2][:ROWS_AT_ONCE]
    asked = rows.rows(few)
    logits, rounding = model.answer(asked.request())
    scale = max(1.0, float(np.abs(logits).max()))

    def moved(other: Logits, base: Logits = logits) -> float:
        return float(np.abs(other - base).max())

    if moved(model.logits(asked)) > rounding * scale:
        end(model.question, "random-in-eval")
    if bool((logits >= 0).all()) and np.allclose(logits.sum(1), 1.0, atol=max(rounding, 2e-3)):
        end(model.question, "probabilities")
    company = COMPANY if rounding == ROUNDING else HALF_COMPANY
    noise = _check_company(model, rows, (few, more), logits, company * scale, rng)
    most = max(rounding * scale, 4 * noise)
    ruled = model.question.repair.pad_invariant
    for change, padded, which in padded_anew(asked, rng) if ruled else ():
        by = moved(model.logits(padded), logits[which])
        if by > most:
            end(model.question, "pad-invariance", change=change, moved=by)
    behind = [] if whole is None else [whole.rows(few), with_noise(asked, rng)]
    if any(moved(model.logits(other)) > most for other in behind):
        end(model.question, "sees-the-future")


def _check_company(
    model: ProbedModel,
    rows: UnlabelledRows,
    places: tuple[Index, Index],
    logits: Logits,
    most: float,
    rng: np.random.Generator,
) -> float:
    """What other rows in the batch move: rounding alone, or the judgement ends.

    `logits` are those of the first of `places`; some of these are asked again among the second.
    """
    few, more = places
    kept = np.arange(0, len(few), 2)  # the longest is the first
    mixed = np.concatenate([few[kept], more[: len(few) - len(kept)]])
    order = rng.permutation(len(mixed))
    again = model.logits(rows.rows(mixed[order]))[np.argsort(order)][: len(kept)]
    noise = float(np.abs(again - logits[kept]).max())
    if noise > most:
        end(model.question, "batch-dependence", moved=noise)
    return noise


def padded_anew(
    rows: UnlabelledRows, rng: np.random.Generator
) -> list[tuple[str, UnlabelledRows, Index]]:
    """The same sequences with something else behind their ends.

    Each comes with its change in words and the places of its rows in `rows`. The last finds a model
    that cuts each batch to its longest sequence and then reads the last step.
    """
    if rows.lengths is None:
        message = "pad invariance is a rule for data with lengths; this split has none"
        raise ValueError(message)
    everyone = np.arange(len(rows))
    shorter = np.argsort(rows.lengths, kind="stable")[: max(1, len(rows) // 2)]
    least = int(rows.lengths[shorter].max())
    part = rows.rows(shorter)
    longer = replace(rows, x=widened(rows.x, MORE_COLUMNS))
    return [
        ("steps of other sequences in place of the zeros", with_noise(rows, rng), everyone),
        (f"{MORE_COLUMNS} more zeros behind each", longer, everyone),
        (f"{MORE_COLUMNS} more columns behind each", with_noise(longer, rng), everyone),
        (
            "a batch of shorter ones and less padding",
            with_noise(replace(part, x=part.x[:, :least]), rng),
            shorter,
        ),
    ]


def check_layer_runs(question: RepairQuestion, facts: ModelFacts) -> None:
    """End where the model was asked and torch's own layer never ran."""
    if facts.ran is not None and question.repair.layer not in facts.ran:
        end(question, "layer-idle")


@dataclass(frozen=True)
class Scored:
    """Scores of every row, and of some with the layer's outputs exchanged.

    `exchanged` (P, outputs) are those of the rows at `places` when the layer gave what it gives for
    the rows at `others`.
    """

    logits: Logits
    places: Index
    others: Index
    exchanged: Logits


def ask_all(
    model: ProbedModel,
    rows: UnlabelledRows,
    layer: str,
    among: slice,
    rng: np.random.Generator,
    *,
    noisy: bool,
) -> Scored:
    """Ask for every row, in small shuffled batches, with exchanges of the layer among them.

    Exchanged are rows of the slice `among`; with `noisy`, noise stands in the place of padding. At
    the end some rows are asked once more in other company. Raises EndedError where their answers
    are others: then the model learns while it answers, or from the rows around.
    """

    def send(index: Index) -> UnlabelledRows:
        chosen = rows.rows(index)
        return with_noise(chosen, rng) if noisy else chosen

    first = among.start or 0
    others, places = partners(rows.rows(among), rng, PAIRS)
    others, places = others + first, places + first
    jobs: list[tuple[Index, bool]] = [(index, False) for index in batches(rows, rng)]
    parts = np.array_split(np.arange(len(places)), -(-len(places) // ROWS_AT_ONCE) or 1)
    jobs += [(part, True) for part in parts if len(part)]
    logits: Logits | None = None
    exchanged: Logits | None = None
    asked: list[Index] = []
    for number in rng.permutation(len(jobs)):
        index, is_exchange = jobs[number]
        if is_exchange:
            this = model.logits(send(places[index]), layer, send(others[index]))
            exchanged = _filled(exchanged, this, index, len(places))
        else:
            this = model.logits(send(index))
            logits = _filled(logits, this, index, len(rows))
            asked.append(index)
    if logits is None:
        message = "there are no rows to ask for"
        raise ValueError(message)
    again = rng.permutation(np.concatenate([*asked[:2], *asked[2:][-1:]]))
    parts = np.array_split(again, -(-len(again) // ROWS_AT_ONCE))
    changed = [model.logits(send(part)).argmax(1) != logits[part].argmax(1) for part in parts]
    share = float(np.concatenate(changed).mean())
    if share > CHANGED_AT_MOST:
        end(model.question, "answers-change", share=100 * share)
    empty = np.zeros((0, logits.shape[1]), np.float32)
    return Scored(logits, places, others, empty if exchanged is None else exchanged)


def _filled(into: Logits | None, part: Logits, index: Index, count: int) -> Logits:
    if into is None:
        into = np.zeros((count, part.shape[1]), np.float32)
    columns = min(into.shape[1], part.shape[1])
    into[index, :columns] = part[:, :columns]
    return into


def unseen_end(model: ProbedModel, rows: UnlabelledRows, rng: np.random.Generator) -> str | None:
    """The `"first"` or `"last"` steps of a sequence where they move no logit, or `"both"`."""
    chosen, partner = partners(rows, rng, 4 * ROWS_AT_ONCE)
    ends = rows.lengths if rows.lengths is not None else np.full(len(rows), rows.x.shape[1])
    found = []
    for which in ("first", "last"):
        start = (ends[chosen] - END_STEPS if which == "last" else 0 * chosen)[:, np.newaxis]
        steps = np.arange(rows.x.shape[1])[np.newaxis]
        there = (steps >= start) & (steps < start + END_STEPS)
        if not _moves(model, rows, chosen, partner, there):
            found.append(which)
    return "both" if len(found) > 1 else next(iter(found), None)


def _moves(
    model: ProbedModel,
    rows: UnlabelledRows,
    chosen: Index,
    partner: Index,
    there: npt.NDArray[np.bool_],
) -> bool:
    """Whether the steps `there` (N, T) of the partners move logits when they come in."""
    ones, others = rows.x[chosen], rows.x[partner]
    fine = np.arange(len(chosen))
    if ones.ndim == 2:  # ids with a meaning of their own stay where they are
        special = there & ((ones <= LAST_SPECIAL) | (others <= LAST_SPECIAL))
        fine = np.flatnonzero(~special.any(1))
    fine = fine[:ROWS_AT_ONCE]
    if not len(fine):
        return True
    mask = there[fine].reshape(len(fine), -1, *[1] * (ones.ndim - 2))
    usual = rows.rows(chosen[fine])
    logits = model.logits(usual)
    other = model.logits(replace(usual, x=np.where(mask, others[fine], ones[fine])))
    spread = max(1e-3, float(np.ptp(logits, axis=0).max()))
    return bool(np.abs(other - logits).max() > SEEN * spread)


def reads_padding(model: ProbedModel, rows: UnlabelledRows, rng: np.random.Generator) -> bool:
    """Whether other steps behind the ends of sequences change answers to them."""
    few = rows.rows(rng.permutation(len(rows))[:ROWS_AT_ONCE])
    if few.lengths is None:
        return False
    usual, padded = model.logits(few), model.logits(with_noise(few, rng))
    return bool((usual.argmax(1) != padded.argmax(1)).mean() > CHANGED_AT_MOST)
