"""A repair's judge: what speaks before a training, how rows are asked, what an exchange tells."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.judgement import judge
from grader.core.question import Draw, PreparedQuestion, Repair, RepairQuestion
from grader.core.request_batches import ROWS_AT_ONCE
from grader.core.requests import Build, Describe, Predict, Reply, Request, Returned, Rows, Train
from grader.core.values import Value, tensor
from grader.core.verdicts import Outcome

Array = npt.NDArray[Any]
STEPS = 6


def rows(seed: int, count: int) -> Rows:
    """Sequences whose sum tells the class; every eleventh label is wrong."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, STEPS, 2)).astype(np.float32)
    y = (x.sum((1, 2)) > 0).astype(np.int64)
    y[::10] = 1 - y[::10]
    return Rows(tensor(x), tensor(y))


TRAIN = rows(1, 200)
DRAW = Draw(TRAIN, rows(2, 300), rows(3, 400), tensor(np.arange(200) % 10 == 0))
QUESTION = RepairQuestion("demo-repair", "Demo", 10, 5, repair=Repair("demo", "RNN", draws=(DRAW,)))


def summed(x: Array) -> Array:
    """The rule: what an ideal model gives."""
    score = x.sum((1, 2))
    return np.stack([-score, score], axis=1)


@dataclass
class Answer:
    """A recipe whose model is a function of x; remembers what it was asked.

    In an exchange, `layered` gives the answers to the others; one that ignores its layer does not.
    """

    model: Callable[[Array], Array] = summed
    layered: bool = True
    builds: bool = True
    facts: dict[str, Any] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        match request:
            case Build():
                return Returned(self.builds)
            case Train():
                return Returned(None)
            case Describe():
                layer: Value = {"type": "RNN", "num_layers": 1, "dropout": 0.0}
                told: dict[str, Value] = {
                    "parameters": 9,
                    "recurrent": [layer],
                    "ran": ["RNN"],
                    "state": "",
                }
                return Returned(told | self.facts)
            case Predict(x=x, other_x=other):
                return Returned(
                    tensor(self.model(other.array if other and self.layered else x.array))
                )
            case _:
                raise AssertionError(request)

    @property
    def trainings(self) -> int:
        return sum(isinstance(request, Train) for request in self.asked)


def question(**changes: Any) -> PreparedQuestion:
    assert QUESTION.repair is not None
    return replace(QUESTION, repair=replace(QUESTION.repair, **changes))


def test_a_model_that_knows_the_rule_passes() -> None:
    verdict = judge(QUESTION, Answer())
    assert verdict.outcome is Outcome.PASSED, verdict.message
    assert verdict.details["median"]["learnt_by_heart"] == 0
    assert verdict.details["median"]["rightly_labelled"] == 100


def softmaxed(x: Array) -> Array:
    chances: Array = np.exp(summed(x))
    return np.asarray(chances / chances.sum(1, keepdims=True))


def mixed_up(x: Array) -> Array:
    return np.roll(summed(x), 1, axis=0)


def ranked(x: Array) -> Array:
    logits = summed(x)
    return np.asarray(logits - np.median(logits, axis=0))


def shaky(x: Array) -> Array:
    return np.asarray(summed(x) + SHAKES.normal(size=(len(x), 2)))


SHAKES = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("answer", "changes", "mistake"),
    [
        (Answer(facts={"recurrent": []}), {}, "layer-missing"),
        (Answer(facts={"parameters": 101}), {"parameters_at_most": 100}, "too-large"),
        (Answer(facts={"elsewhere": 92}), {"parameters_at_most": 100}, "too-large"),
        (Answer(facts={"ran": ["GRU"]}), {}, "layer-idle"),
        (Answer(facts={"relabelled": 0.1}), {}, "relabels"),
        (Answer(facts={"validated": 1.0}), {}, "trains-on-validation"),
        (Answer(softmaxed), {}, "probabilities"),
        (Answer(mixed_up), {}, "batch-dependence"),
        (Answer(ranked), {}, "batch-dependence"),
        (Answer(shaky), {}, "random-in-eval"),
        (Answer(lambda x: summed(x)[:, :1]), {}, "not-logits"),
    ],
)
def test_what_needs_no_training_is_told_before_it(
    answer: Answer, changes: dict[str, Any], mistake: str
) -> None:
    verdict = judge(question(**changes), answer)
    assert (verdict.points, verdict.mistake) == (0, mistake)
    assert answer.trainings == 0
    # a loop of the learner's own cannot be left out: then it is told after the first training
    later = replace(answer, builds=False, asked=[])
    assert judge(question(**changes, draws=(DRAW,) * 3), later).mistake == mistake
    assert later.trainings == 1


def test_a_model_that_ignores_its_layer_is_told_so() -> None:
    verdict = judge(question(draws=(DRAW,) * 3), answer := Answer(layered=False))
    assert verdict.mistake == "layer-unused"
    assert answer.trainings == 1


def test_a_connection_past_the_layer_may_stand_beside_it() -> None:
    """A third of what decides goes past the layer."""

    class Beside(Answer):
        def __call__(self, request: Request) -> Reply:
            if not isinstance(request, Predict) or request.other_x is None:
                return super().__call__(request)
            layer, past = request.other_x.array, request.x.array
            return Returned(tensor(summed(0.7 * layer + 0.3 * past)))

    assert judge(QUESTION, Beside()).outcome is Outcome.PASSED


def test_no_request_tells_which_rows_it_holds() -> None:
    """Small batches of one size, rows of all splits in each, exchanges among them."""
    judge(QUESTION, answer := Answer())
    start = next(n for n, r in enumerate(answer.asked) if isinstance(r, Train))
    predicts = [r for r in answer.asked[start:] if isinstance(r, Predict)]
    assert all(len(r.x.array) <= ROWS_AT_ONCE for r in predicts)
    splits = {
        row.tobytes(): name
        for name in ("train", "val", "hidden")
        for row in getattr(DRAW, name).x.array
    }
    kinds = [{splits[row.tobytes()] for row in r.x.array} for r in predicts if not r.exchange]
    assert sum(found == {"train", "val", "hidden"} for found in kinds) > len(kinds) / 2
    exchanges = [n for n, r in enumerate(predicts) if r.exchange]
    assert len(exchanges) > 1
    assert exchanges != list(range(exchanges[0], exchanges[0] + len(exchanges)))


def test_answers_that_come_to_be_others_are_noticed() -> None:
    class Learning(Answer):
        def __call__(self, request: Request) -> Reply:
            late = len(self.asked) > 20
            self.model = summed if late else lambda x: -summed(x)
            return super().__call__(request)

    assert judge(QUESTION, Learning()).mistake == "answers-change"


def test_weights_that_change_are_noticed() -> None:
    class Changing(Answer):
        def __call__(self, request: Request) -> Reply:
            self.facts = {"state": str(len(self.asked) > 20)}
            return super().__call__(request)

    assert judge(QUESTION, Changing()).mistake == "weights-change"


def test_an_end_that_is_never_read_is_named() -> None:
    def blind(x: Array) -> Array:
        return summed(x[:, :-2])

    verdict = judge(QUESTION, Answer(blind))
    assert verdict.mistake == "unseen-end"
    assert "last two steps" in verdict.message


def test_the_same_draws_are_asked_the_same_twice() -> None:
    """Or kept answers could not be judged again."""
    asked = []
    for _ in range(2):
        judge(QUESTION, answer := Answer())
        asked.append([r.x.array.tobytes() for r in answer.asked if isinstance(r, Predict)])
    assert asked[0] == asked[1]
