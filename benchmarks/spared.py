"""How often two draws decide: every recipe of the repairs that are judged on several, both ways.

    make spared [WRITE=1]                            or: python -m benchmarks.spared [--write]

Each recipe of a question file (baseline, reference, repairs, wrong fixes, unreliable ones) is
trained on all draws of a class and judged by all; then the same answers are judged by a judge that
may leave draws out. Outcome, points and named mistake must be the same, or the command fails.
--write keeps the scores for the test that does so without training (recorded_draws.json). Ends with
one JSON object: how many recipes, how many draws, and the share of draws that was left out, of all
and of the recipes that pass.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.trials import ROOT, Recipe, find_questions, graded_draws, load, recipes
from grader import lab
from grader.core.accuracy_judge import AccuracyJudge
from grader.core.diagnosis import DrawScore, Symptoms
from grader.core.judgement import judge
from grader.core.question import Draw, RepairQuestion
from grader.core.requests import Reply, Request
from grader.core.verdicts import Outcome, Verdict
from grader.referee.preparation import draw_all, with_draws
from grader.wire.perform import Performer

RECORDED = ROOT / "tests" / "core" / "recorded_draws.json"
SECRET = "a class whose draws are recorded"  # noqa: S105 - no class has it
DRAWS = "draws"


class RecordingJudge(AccuracyJudge):
    """Judges, and remembers what each draw scored and, where it was looked for, showed."""

    def __init__(self, question: RepairQuestion, ask: Callable[[Request], Reply]) -> None:
        super().__init__(question, ask)
        self.recorded: list[dict[str, Any]] = []

    def accuracies(self, draw: Draw) -> DrawScore:
        """As judged."""
        score = super().accuracies(draw)
        self.recorded.append({"score": asdict(score), "symptoms": None})
        return score

    def symptoms(self, draw: Draw) -> Symptoms:
        """As judged."""
        found = super().symptoms(draw)
        self.recorded[-1]["symptoms"] = asdict(found)
        return found


@dataclass(frozen=True)
class Judged:
    """One recipe: its verdict by all draws and by as many as decide, and what all were scored."""

    question: str
    name: str
    every: Verdict
    fewer: Verdict
    recorded: list[dict[str, Any]]

    @property
    def same(self) -> bool:
        """Whether the draws that were left out would have changed nothing."""
        one, other = self.every, self.fewer
        return (one.outcome, one.points, one.mistake) == (
            other.outcome,
            other.points,
            other.mistake,
        )


def judged(question: RepairQuestion, name: str, recipe: Recipe) -> Judged:
    """Train a recipe on all draws, judge by all, and judge the same answers once more."""
    performer, replies = Performer(recipe), list[Reply]()

    def ask(request: Request) -> Reply:
        replies.append(performer.perform(request))
        return replies[-1]

    lab.seed(0)
    every = replace(question, repair=replace(question.repair, every_draw=True))
    recording = RecordingJudge(every, ask)
    verdict = recording.judge()
    told = iter(replies)
    fewer = judge(question, lambda _: next(told))
    return Judged(question.id, name, verdict, fewer, recording.recorded)


def measure(path: Path) -> Iterator[Judged]:
    """Every recipe of a question file; those that break a rule are scored on no draw."""
    question = load(path)
    prepared = with_draws(question, draw_all(question, SECRET, ROOT / "data"), {})
    for entries in recipes(path).values():
        for name, recipe in entries:
            found = judged(prepared, name, recipe)
            drawn = f"{len(found.fewer.details.get(DRAWS, ()))} of {len(found.recorded)} draws"
            word = found.every.mistake or found.every.outcome
            print(f"{question.id}, {name}: {word}, {drawn}", flush=True)
            yield found


def summary(rows: list[Judged]) -> dict[str, float]:
    """The last line."""
    measured = [row for row in rows if DRAWS in row.every.details]
    passed = [row for row in measured if row.every.outcome is Outcome.PASSED]
    return {
        "recipes": len(measured),
        "draws": _count(measured, every=True),
        "spared_share": _spared(measured),
        "spared_share_passed": _spared(passed),
        "differ": sum(not row.same for row in rows),
    }


def _spared(rows: list[Judged]) -> float:
    return round(1 - _count(rows, every=False) / _count(rows, every=True), 3)


def _count(rows: list[Judged], *, every: bool) -> int:
    verdicts = [row.every if every else row.fewer for row in rows]
    return sum(len(verdict.details[DRAWS]) for verdict in verdicts)


def main() -> int:
    """Record, decide both ways, and say what was left out."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"keep the scores in {RECORDED.name}")
    write = parser.parse_args().write
    torch.set_num_threads(1)
    paths = [path for paths in find_questions(()).values() for path in paths]
    rows = [row for path in paths if graded_draws(path) > 1 for row in measure(path)]
    if write:
        told = [
            {"question": row.question, "recipe": row.name, DRAWS: row.recorded}
            for row in rows
            if DRAWS in row.every.details
        ]
        RECORDED.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    figures = summary(rows)
    print(json.dumps(figures))
    return 1 if figures["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
