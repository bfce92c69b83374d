"""What the course says about its repairs, as claims that a set of measured runs holds or misses.

`evidence` calls this. It trains nothing; the bars and how medians meet them are grading's own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.trials import (
    BASELINE,
    DRAWS,
    JUDGED,
    MISTAKE,
    REFERENCE,
    REPAIRS,
    UNRELIABLE,
    Row,
    Run,
    data_recipe,
    draw,
    graded_draws,
    load,
)
from grader.core import perplexity_judge
from grader.core.diagnosis import DrawScore, diagnose
from grader.core.metrics import PERPLEXITY
from grader.core.question import Bars
from grader.referee.preparation import rules
from grader.referee.question_bank import Question

MOST = 18  # of 20: what a claim about single draws asks for


@dataclass(frozen=True)
class Claim:
    """One sentence that the course relies on, and whether it held."""

    text: str
    holds: bool


def holds(runs: Sequence[Run], row: Row) -> bool:
    """Whether they keep the rules and their medians the bars, as grading applies both."""
    module = load(row.question).module
    if any(run.broken for run in runs):
        return False
    if rules(load(row.question)).metric == PERPLEXITY:
        found = {name: median(getattr(run, name) for run in runs) for name in JUDGED}
        return perplexity_judge.diagnose(perplexity_judge.DrawPerplexities(**found)) is None
    middle = DrawScore(
        train=median(run.train for run in runs),
        val=median(run.val for run in runs),
        hidden=median(run.hidden for run in runs),
        learnt_by_heart=0.0,
    )
    return diagnose(middle, Bars(**module.BARS)) is None


def singles(row: Row, runs: Sequence[Run]) -> int:
    """How many single draws hold the bars."""
    return sum(holds([run], row) for run in runs)


def medians(row: Row, runs: Sequence[Run]) -> tuple[int, int]:
    """How many medians, each of as many draws as a grade, hold the bars, and of how many."""
    count = graded_draws(row.question)
    if row.role == REFERENCE:
        groups = [runs[start : start + count] for start in range(0, len(runs), count)]
    else:
        around = [*runs, *runs[: count - 1]]
        groups = [around[start : start + count] for start in range(len(runs))]
    return sum(holds(group, row) for group in groups), len(groups)


def claims_of(path: Path, measured: dict[Row, list[Run]]) -> list[Claim]:
    """What the course says about a repair, checked."""
    claims = _ceiling(load(path))
    for row, runs in measured.items():
        claims += _bands(row, runs) + _judged(row, runs)
    held = [row for row in measured if row.role == REPAIRS and _mostly(row, measured[row])]
    claims.append(Claim(f"different repairs that hold: {len(held)}, at least 3", len(held) >= 3))
    return claims


def _ceiling(question: Question) -> list[Claim]:
    """What the best possible model scores, on every split of every draw.

    Measured with the data's perfect rule where there is one; for real sequences by their labels
    alone. A recipe that states no ceiling claims none.
    """
    name = question.module.DATA
    recipe = data_recipe(name)
    if not hasattr(recipe, "CEILING"):
        return []
    best = hasattr(recipe, "rule")
    scores = {
        round(100.0 * float((recipe.rule(s["x"]) == s["y"] if best else ~s["wrong"]).mean()), 6)
        for number in range(DRAWS)
        for s in draw(question, number, as_written=True).values()
    }
    who = "the perfect rule" if best else "whoever knows every right label"
    found = ", ".join(f"{score:.2f}" for score in sorted(scores))
    text = f"{name}: {who} scores {recipe.CEILING:.2f} on every split (found {found})"
    return [Claim(text, scores == {round(recipe.CEILING, 6)})]


def _bands(row: Row, runs: Sequence[Run]) -> list[Claim]:
    bands = load(row.question).module.BANDS.get(row.name, {})
    if not bands:
        return []
    within = sum(
        all(low <= getattr(run, part) <= high for part, (low, high) in bands.items())
        for run in runs
    )
    asked = ", ".join(f"{part} {low:g} to {high:g}" for part, (low, high) in bands.items())
    return [
        Claim(f"{row.name}: {asked} in {within} of {len(runs)}, at least {MOST}", within >= MOST)
    ]


def _judged(row: Row, runs: Sequence[Run]) -> list[Claim]:
    single, total = singles(row, runs), len(runs)
    least = math.ceil(MOST * total / DRAWS)
    passed = f"{row.name}: {single} of {total} single draws pass"
    if row.role == REFERENCE:
        graded, of = medians(row, runs)
        count = graded_draws(row.question)
        text = f"{row.name}: {graded} of {of} pass as graded (median of {count}), all must"
        return [
            Claim(text, graded == of == DRAWS),
            Claim(f"{passed}, at least {least}", single >= least),
        ]
    if row.role == REPAIRS:
        return [Claim(f"{passed}, at least {least}", single >= least)]
    if row.role in {BASELINE, MISTAKE}:
        return [Claim(f"{passed}, at most {total - least}", single <= total - least)]
    if row.role == UNRELIABLE:
        return [
            Claim(f"{passed}: neither nearly all nor nearly none", total - least < single < least)
        ]
    return []


def _mostly(row: Row, runs: Sequence[Run]) -> bool:
    return singles(row, runs) >= MOST
