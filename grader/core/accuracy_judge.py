"""Judge a repair by accuracy: on training, validation and hidden rows, in percent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grader.core import probes, repair_messages
from grader.core.diagnosis import DrawScore, Symptoms, diagnose
from grader.core.intervals import largest
from grader.core.probes import ProbedModel, Scored
from grader.core.question import Draw, RepairQuestion
from grader.core.repair_judge import RepairJudge
from grader.core.repair_preamble import Ask, end
from grader.core.request_batches import UnlabelledRows, generator, joined, sent

# Of the answers that would be others if the layer alone gave them, these may stay where they were
# when its outputs are exchanged. An honest skip connection beside the layer keeps some; a model
# that ignores the layer keeps all.
STAYS_AT_MOST = 0.75
# Fewer rows tell nothing: a model that gives nearly everything one answer fails by its scores.
FEWEST_ROWS = 8


class AccuracyJudge(RepairJudge[DrawScore]):
    """Judges a classifier's repair."""

    def __init__(self, question: RepairQuestion, ask: Ask) -> None:
        super().__init__(question, ask)
        # What was found in the first draw whose scores miss a bar and that shows any.
        self._symptoms = Symptoms()

    def model(self, draw: Draw) -> ProbedModel:
        """Its outputs are the classes of the draw."""
        classes = 1 + max(int(rows.y.array.max()) for rows in (draw.train, draw.val, draw.hidden))
        return ProbedModel(
            self.question,
            self.ask,
            classes,
            lambda got, n: repair_messages.logits_form(got, n, classes),
        )

    def probed_rows(self, draw: Draw) -> tuple[UnlabelledRows, None]:
        """The validation rows."""
        return sent(draw.val), None

    def score(self, draw: Draw) -> DrawScore:
        """Accuracies on one draw; where they miss a bar, what they show is looked for, too."""
        score, bars = self.accuracies(draw), self.repair.bars
        holds = (
            score.val >= bars.applied_val_at_least and score.hidden >= bars.applied_hidden_at_least
        )
        if not holds and self._symptoms == Symptoms():
            self._symptoms = self.symptoms(draw)
        return score

    def accuracies(self, draw: Draw) -> DrawScore:
        """Ask the trained model for all rows of a draw and count."""
        model = self.model(draw)
        splits = (draw.train, draw.val, draw.hidden)
        rows = joined([sent(split) for split in splits])
        ends = np.cumsum([len(split.y.array) for split in splits])
        rng = generator(rows, 1)
        noisy = self.repair.pad_invariant
        layer = self.repair.layer
        scored = probes.ask_all(model, rows, layer, slice(*ends[:2]), rng, noisy=noisy)
        if not _uses_layer(scored):
            end(self.question, "layer-unused")
        right = scored.logits.argmax(1) == np.concatenate([split.y.array for split in splits])
        return _score(right[: ends[0]], right[ends[0] : ends[1]], right[ends[1] :], draw)

    def symptoms(self, draw: Draw) -> Symptoms:
        """Ask the trained model what moves its answers and what does not."""
        model, rows = self.model(draw), sent(draw.val)
        rng = generator(rows, 2)
        return Symptoms(
            unseen_end=probes.unseen_end(model, rows, rng),
            reads_padding=not self.repair.pad_invariant and probes.reads_padding(model, rows, rng),
        )

    def diagnose(self, middle: DrawScore) -> str | None:
        """See `core.diagnosis`."""
        symptoms = replace(self._symptoms, certain=not self.left)
        return diagnose(middle, self.repair.bars, symptoms)

    def passed(self, middle: DrawScore) -> str:
        """The medians, and the bars that decide where they are near."""
        shown, judged = self._shown(middle), self._judged(middle)
        return repair_messages.repair_passed(shown, self.trained, judged)

    def measured(self, middle: DrawScore) -> str:
        """The medians, the published goal, and the bars that decide where they are near."""
        goal = repair_messages.bars(self.repair.bars)
        return f"{self._shown(middle)}; goal: {goal}.{self._judged(middle)}"

    def advice_values(self, middle: DrawScore) -> dict[str, object]:
        """The symptoms, the scores, and what is missing to the applied bars."""
        bars = self.repair.bars
        missing = largest(
            bars.applied_val_at_least - middle.val, bars.applied_hidden_at_least - middle.hidden
        )
        return {
            "end": self._symptoms.unseen_end,
            "missing": repair_messages.percent_points(missing),
            "train": middle.train,
            "hidden": middle.hidden,
            "right": middle.rightly_labelled,
            "by_heart": middle.learnt_by_heart,
        }

    def _shown(self, middle: DrawScore) -> str:
        draws = 1 if self.left else self.trained
        return repair_messages.scores(middle.train, middle.val, middle.hidden, draws)

    def _judged(self, middle: DrawScore) -> str:
        return repair_messages.judged(self.repair.bars, middle.train, middle.val, middle.hidden)


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
