"""Recorded runs of the course's own recipes: two draws decide as three did.

`make spared WRITE=1` trains them all and writes what each draw scored.
"""

import json
from pathlib import Path

import pytest

from grader.core.diagnosis import DrawScore, Symptoms
from tests.core.test_spared_draws import NOTHING, Clips, Scored, spared

RECORDED = json.loads(Path(__file__).with_name("recorded_draws.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("run", RECORDED, ids=lambda run: f"{run['question']}: {run['recipe']}")
def test_a_recorded_run_ends_as_with_every_draw(run: dict[str, list[dict[str, object]]]) -> None:
    scored = [_scored(draw) for draw in run["draws"]]
    fewer = Clips(scored, every_draw=False).judge()
    spared(fewer, Clips(scored, every_draw=True).judge())


def test_of_25_recorded_recipes_18_need_two_draws() -> None:
    """As docs/design.md says."""
    runs = [[_scored(draw) for draw in run["draws"]] for run in RECORDED]
    trained = [len(Clips(run, every_draw=False).judge().details["draws"]) for run in runs]
    assert (trained.count(2), len(trained)) == (18, 25)


def _scored(draw: dict[str, object]) -> Scored:
    score, found = draw["score"], draw["symptoms"]
    assert isinstance(score, dict)
    return DrawScore(**score), Symptoms(**found) if isinstance(found, dict) else NOTHING
