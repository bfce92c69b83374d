"""What a repair is scored in: accuracy, or the perplexity of a language model."""

from __future__ import annotations

from dataclasses import dataclass

from grader.core.intervals import Number


@dataclass(frozen=True)
class Metric:
    """One score of a model on labelled rows.

    `name` is its word in a question file (METRIC) and in `unit.json`, `unit` what follows a written
    value. Which judge decides stands in `core.judgement`.
    """

    name: str
    unit: str
    higher_is_better: bool

    def written(self, value: Number) -> str:
        """A score as learners read it: `84.2%`, `101.7`, `84.2 to 86.0%`."""
        return f"{value:.1f}{self.unit}"

    def reaches(self, value: float, bar: float) -> bool:
        """Whether a score is at least as good as the bar; False for NaN."""
        return value >= bar if self.higher_is_better else value <= bar


ACCURACY = Metric("accuracy", "%", higher_is_better=True)
PERPLEXITY = Metric("perplexity", "", higher_is_better=False)
METRICS = {metric.name: metric for metric in (ACCURACY, PERPLEXITY)}
