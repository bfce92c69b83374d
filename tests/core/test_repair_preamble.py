"""Before a repair is scored: what its model tells of itself, in any form, and what ends it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.core import repair_preamble
from grader.core.question import Draw, Repair, RepairQuestion
from grader.core.repair_preamble import EndedError
from grader.core.requests import (
    INTERRUPT,
    PLACEHOLDER,
    Raised,
    Reply,
    Request,
    Returned,
    Rows,
    Unusable,
)
from grader.core.values import Value, tensor
from grader.core.verdicts import Outcome

ROWS = Rows(tensor(np.zeros((2, 3, 1))), tensor(np.zeros(2, np.int64)))
DRAW = Draw(ROWS, ROWS, ROWS, tensor(np.zeros(2, np.int64)))
QUESTION = RepairQuestion("demo", "Demo", 4, 5, repair=Repair("d", "GRU", parameters_at_most=100))
FACTS: dict[str, Value] = {
    "parameters": 60,
    "elsewhere": 40,
    "recurrent": [{"type": "GRU", "num_layers": 1, "dropout": 0.3}],
    "ran": ["GRU"],
    "state": "s",
    "relabelled": 0.02,
    "validated": 0.1,
}


def always(reply: Reply) -> Callable[[Request], Reply]:
    return lambda _: reply


def ended(reply: Reply) -> tuple[Outcome, str | None, str]:
    with pytest.raises(EndedError) as told:
        repair_preamble.check_facts(QUESTION, always(reply))
    return told.value.verdict.outcome, told.value.verdict.mistake, told.value.verdict.message


def test_facts_at_every_limit_pass() -> None:
    facts = repair_preamble.check_facts(QUESTION, always(Returned(FACTS)))
    assert (facts.layers, facts.ran, facts.state) == (("GRU",), ("GRU",), "s")
    assert facts.idle_dropout == 0.3


def test_dropout_between_two_layers_is_not_idle() -> None:
    stacked: Value = [{"type": "GRU", "num_layers": 2, "dropout": 0.3}]
    told = repair_preamble.check_facts(QUESTION, always(Returned(FACTS | {"recurrent": stacked})))
    assert told.idle_dropout == 0


@pytest.mark.parametrize(
    ("change", "mistake", "words"),
    [
        ({"recurrent": [{"type": "RNN"}]}, "layer-missing", "GRU"),
        ({"elsewhere": 41}, "too-large", "101 numbers: 60 in parameters"),
        ({"parameters": 101, "elsewhere": 0}, "too-large", "101 parameters"),
        ({"relabelled": 0.021}, "relabels", "2"),
        ({"validated": 0.5}, "trains-on-validation", "50"),
    ],
)
def test_what_breaks_a_rule_ends_with_its_numbers(
    change: dict[str, Any], mistake: str, words: str
) -> None:
    outcome, name, said = ended(Returned(FACTS | change))
    assert (outcome, name) == (Outcome.WRONG, mistake)
    assert words in said


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        FACTS | {"parameters": "60"},
        FACTS | {"parameters": True},
        FACTS | {"elsewhere": None},
        FACTS | {"recurrent": "GRU"},
        FACTS | {"recurrent": ["GRU"]},
        FACTS | {"recurrent": [{"type": 3}]},
        FACTS | {"state": 5},
        FACTS | {"relabelled": "none"},
    ],
)
def test_facts_of_another_form_are_no_model(told: Value) -> None:
    """The worker that tells them runs beside learner code."""
    assert ended(Returned(told))[:2] == (Outcome.WRONG, "no-model")


def test_a_model_that_cannot_be_described_raised() -> None:
    outcome, _, said = ended(Raised("ValueError", "no weights today"))
    assert outcome is Outcome.RAISED
    assert "no weights today" in said


@pytest.mark.parametrize(
    ("reply", "outcome", "mistake"),
    [
        (Unusable(PLACEHOLDER), Outcome.NOT_ATTEMPTED, None),
        (Unusable("a list"), Outcome.WRONG, "no-model"),
        (Raised("ValueError", "x"), Outcome.RAISED, None),
        (Raised(INTERRUPT, ""), Outcome.TOO_SLOW, None),
    ],
)
def test_a_training_without_a_model_ends_the_judgement(
    reply: Reply, outcome: Outcome, mistake: str | None
) -> None:
    with pytest.raises(EndedError) as told:
        repair_preamble.train(QUESTION, always(reply), DRAW)
    assert (told.value.verdict.outcome, told.value.verdict.mistake) == (outcome, mistake)


@pytest.mark.parametrize(
    ("reply", "built"),
    [
        (Returned(True), True),
        (Returned(False), False),
        (Returned(1), False),
        (Raised("ValueError", "x"), False),
        (Unusable("a list"), False),
    ],
)
def test_only_a_clear_yes_says_that_a_model_was_built(reply: Reply, *, built: bool) -> None:
    """All else is told after the training, where it is certain."""
    assert repair_preamble.build(QUESTION, always(reply), DRAW) is built


def test_time_that_runs_out_in_a_build_is_over() -> None:
    with pytest.raises(EndedError) as told:
        repair_preamble.build(QUESTION, always(Raised(INTERRUPT, "")), DRAW)
    assert told.value.verdict.outcome is Outcome.TOO_SLOW
