"""A class's repairs are judged on data that the reference itself passes on."""

from pathlib import Path

import numpy as np
import pytest

from grader.core.errors import CourseError
from grader.core.question import Case, FunctionQuestion, PreparedQuestion, RepairQuestion
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.referee import preparation
from grader.referee.question_bank import Question, load_question

MEDIANS = {"train": 90.0, "val": 87.0}


@pytest.fixture
def repair(root: Path) -> Question:
    return load_question(root / "solutions/01_rnn/questions/rnn-repair.py", "01_rnn")


class Judge:
    """Rules as told, one outcome after another, and remembers what it was given."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.judged: list[PreparedQuestion] = []

    def __call__(self, question: PreparedQuestion, _ask: object) -> Verdict:
        self.judged.append(question)
        return rule(question, self.outcomes.pop(0), "Words.", details={"median": MEDIANS})


def first_clip(question: PreparedQuestion) -> np.ndarray:
    assert isinstance(question, RepairQuestion)
    clip: np.ndarray = question.repair.draws[0].train.x.array[0]
    return clip


def test_draws_that_the_reference_misses_are_drawn_again(
    repair: Question, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(Outcome.WRONG, Outcome.PASSED)
    monkeypatch.setattr(preparation, "judge", judge)
    made, card = preparation.prepare_repair(repair, "secret", root / "data")
    assert card == preparation.ScoreCard(attempt=1, medians=MEDIANS)
    unlucky, fair = judge.judged
    assert np.array_equal(first_clip(made), first_clip(fair))
    assert not np.array_equal(first_clip(made), first_clip(unlucky))
    again, same = preparation.prepare_repair(repair, "secret", root / "data", card)
    assert same == card
    assert np.array_equal(first_clip(again), first_clip(made))
    assert len(judge.judged) == 2  # a known card trains nothing


def test_a_reference_that_never_passes_is_named(
    repair: Question, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(*[Outcome.WRONG] * preparation.ATTEMPTS)
    monkeypatch.setattr(preparation, "judge", judge)
    with pytest.raises(
        CourseError, match=r"rnn-repair\.py: its own reference does not pass: Words"
    ):
        preparation.score_card(repair, "secret", root / "data")
    assert judge.outcomes == []


def test_a_reference_that_cannot_run_is_not_tried_on_other_draws(
    repair: Question, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(Outcome.RAISED)
    monkeypatch.setattr(preparation, "judge", judge)
    with pytest.raises(CourseError):
        preparation.score_card(repair, "secret", root / "data")


SIZE = '''
import numpy as np

TITLE, KIND, POINTS, CASES, HINTS = "Size", "function", 1, 2, []


def inputs(rng):
    """Draw one number, negative in one of five."""
    return {"x": rng.uniform(0.5, 1.0, 1) * rng.choice([-1.0, 1.0, 1.0, 1.0, 1.0])}


def reference(x):
    """The number without its sign."""
    return x.abs()


MISTAKES = [
    ("as-it-is", [lambda x: x, lambda x: x.clamp(min=-0.4)], "The sign is still there."),
    ("turned", lambda x: -x, "The sign is turned, whatever it was."),
]
'''


def shown(made: PreparedQuestion) -> set[float]:
    """The signs among the cases of a question that asks for a number's size."""
    assert isinstance(made, FunctionQuestion)
    drawn: tuple[Case, ...] = made.cases
    return {float(np.sign(case.inputs["x"].array[0])) for case in drawn}  # type: ignore[union-attr]


def test_no_hidden_draw_leaves_a_named_mistake_right(tmp_path: Path) -> None:
    path = tmp_path / "demo-size.py"
    path.write_text(SIZE)
    question = load_question(path, "01_rnn")
    seeds = range(40)
    assert all(shown(preparation.prepare(question, seed)) == {-1.0, 1.0} for seed in seeds)
    visible = [shown(preparation.prepare(question, seed, visible=True)) for seed in seeds]
    assert {1.0} in visible  # an author is told of those instead


def test_a_mistake_that_no_draw_shows_stops_no_class(tmp_path: Path) -> None:
    path = tmp_path / "demo-size.py"
    path.write_text(SIZE.replace("[-1.0, 1.0, 1.0, 1.0, 1.0]", "[1.0]"))
    made = preparation.prepare(load_question(path, "01_rnn"), 1)
    assert shown(made) == {1.0}
