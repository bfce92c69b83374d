"""A recipe builds its model without training it, and nothing of that is left behind."""

import random
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from grader import lab
from grader.core.requests import Build, Describe, Predict, Reply, Returned, Rows, Train
from grader.core.values import Tensor, tensor
from grader.wire import building
from grader.wire.perform import Performer
from grader.wire.splits import Split, split_from_arrays

RNG = np.random.default_rng(0)
X = tensor(RNG.normal(size=(40, 5, 3)).astype(np.float32))
TRAIN = Rows(X, tensor(np.arange(40) % 2))
VAL = Rows(tensor(RNG.normal(size=(20, 5, 3)).astype(np.float32)), tensor(np.arange(20) % 2))

Recipe = Callable[[Split, Split], nn.Module]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.head = nn.RNN(3, 6, batch_first=True), nn.Linear(6, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(
            self.rnn(nn.functional.dropout(x, 0.2, self.training))[1][-1]
        )
        return logits


def told(reply: Reply) -> object:
    assert isinstance(reply, Returned), reply
    return reply.value


def described(performer: Performer) -> dict[str, object]:
    made = told(performer.perform(Describe()))
    assert isinstance(made, dict)
    return dict(made)


def answers(performer: Performer) -> object:
    made = told(performer.perform(Predict(X)))
    assert isinstance(made, Tensor)
    return made.array.tobytes()


def fitted(train: Split, val: Split) -> nn.Module:
    model = Net()
    lab.fit(model, train, val, epochs=3, lr=1e-2, plot=False)
    return model


def own_loop(train: Split, val: Split) -> nn.Module:
    model = Net()
    optimiser = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(3):
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(train.x), train.y).backward()
        optimiser.step()
    return model


def by_gradients(train: Split, val: Split) -> nn.Module:
    model = Net()
    loss = nn.functional.cross_entropy(model(train.x), train.y)
    weights = list(model.parameters())
    with torch.no_grad():
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.sub_(0.1 * gradient)
    return model


def careless(train: Split, val: Split) -> nn.Module:
    """Keeps whatever goes wrong to itself."""
    model = Net()
    try:
        nn.functional.cross_entropy(model(train.x), train.y).backward()
    except Exception:  # noqa: BLE001
        return nn.Linear(1, 1)
    return model


def until_it_is_good(train: Split, val: Split) -> nn.Module:
    while True:
        model = Net()
        history = lab.fit(model, train, val, epochs=40, lr=1e-2, plot=False)
        if history.records[-1].train_accuracy > 60 and len(history) > 1:
            return model


DICE = torch.Generator().manual_seed(4)
NUMBERS = np.random.default_rng(4)
COINS = random.Random(4)
runs = 0
last: nn.Module | None


def with_dice_of_its_own(train: Split, val: Split) -> nn.Module:
    """Draws from generators of its module, and counts its runs."""
    global runs, last  # noqa: PLW0603
    runs += 1
    model = last = Net()
    with torch.no_grad():
        model.head.bias.add_(torch.rand(2, generator=DICE))
        model.head.bias.add_(float(NUMBERS.normal()) + COINS.random() + runs)
    lab.fit(model, train, val, epochs=2, lr=1e-2, plot=False)
    return model


@pytest.mark.parametrize(
    ("recipe", "built"),
    [
        (fitted, True),
        (with_dice_of_its_own, True),
        (own_loop, False),
        (by_gradients, False),
        (careless, False),
        (until_it_is_good, False),
    ],
)
def test_what_is_built_first_trains_to_the_same_bits(recipe: Recipe, *, built: bool) -> None:
    """Whether or not a recipe can be built without training: its training notices nothing."""
    global runs  # noqa: PLW0603
    found = []
    for first in (False, True):
        DICE.manual_seed(4)
        NUMBERS.bit_generator.state = np.random.default_rng(4).bit_generator.state
        COINS.seed(4)
        runs = 0
        performer = Performer(recipe)
        if first:
            assert told(performer.perform(Build(TRAIN, VAL))) is built
        assert told(performer.perform(Train(TRAIN, VAL))) is None
        found.append(answers(performer))
    assert found[0] == found[1]
    assert runs == (recipe is with_dice_of_its_own)


def test_a_model_that_was_only_built_has_its_first_weights() -> None:
    performer = Performer(fitted)
    performer.perform(Build(TRAIN, VAL))
    state = described(performer)["state"]
    performer.perform(Train(TRAIN, VAL))
    assert described(performer)["state"] != state


def test_nothing_is_said_while_a_model_is_built(capsys: pytest.CaptureFixture[str]) -> None:
    def talking(train: Split, val: Split) -> nn.Module:
        sys.stdout.write("I train")
        return fitted(train, val)

    Performer(talking).perform(Build(TRAIN, VAL))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("answer", [..., 3, None])
def test_what_is_no_recipe_builds_nothing(answer: object) -> None:
    assert told(Performer(answer).perform(Build(TRAIN, VAL))) is False


def flipped(train: Split, val: Split) -> nn.Module:
    return fitted(Split(train.x, 1 - train.y), val)


def flipped_in_place(train: Split, val: Split) -> nn.Module:
    train.y[:10] = 1 - train.y[:10]
    return fitted(train, val)


def everything(train: Split, val: Split) -> nn.Module:
    return fitted(Split(torch.cat([train.x, val.x]), torch.cat([train.y, val.y])), val)


def with_noisy_copies(train: Split, val: Split) -> nn.Module:
    x = torch.cat([train.x, train.x + 0.1])
    return fitted(Split(x, torch.cat([train.y, train.y])), val)


def half_of_it(train: Split, val: Split) -> nn.Module:
    return fitted(train.rows(torch.randperm(len(train))[:20]), val)


@pytest.mark.parametrize(
    ("recipe", "relabelled", "validated"),
    [
        (fitted, 0, 0),
        (with_noisy_copies, 0, 0),
        (half_of_it, 0, 0),
        (flipped, 1, 0),
        (flipped_in_place, 0.25, 0),
        (everything, 0, 1),
    ],
)
def test_what_is_trained_on_is_compared_with_what_was_given(
    recipe: Recipe, relabelled: float, validated: float
) -> None:
    for request in (Build(TRAIN, VAL), Train(TRAIN, VAL)):
        performer = Performer(recipe)
        performer.perform(request)
        told_of = described(performer)
        assert (told_of["relabelled"], told_of["validated"]) == (relabelled, validated)


def test_a_model_that_is_asked_computes_no_gradients() -> None:
    class Learning(Net):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with torch.enable_grad():
                logits = super().forward(x)
                if not self.training:
                    logits.sum().backward()
            return logits

    def recipe(train: Split, val: Split) -> nn.Module:
        return Learning()

    performer = Performer(recipe)
    performer.perform(Train(TRAIN, VAL))
    reply = performer.perform(Predict(X))
    assert "computes no gradients" in getattr(reply, "message", "")
    torch.ones(1, requires_grad=True).sum().backward()  # and everyone else does


def test_the_first_optimiser_of_a_process_may_be_made_while_a_model_is_built() -> None:
    """It loads torch's compiler, which must not be left half loaded."""
    code = (
        "import numpy as np, torch\n"
        "from grader.core.requests import Build, Rows, Train\n"
        "from grader.core.values import tensor\n"
        "from grader.wire.perform import Performer\n"
        "def train_model(train, val):\n"
        "    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))\n"
        "    optimiser = torch.optim.Adam(model.parameters())\n"
        "    torch.nn.functional.cross_entropy(model(train.x), train.y).backward()\n"
        "    optimiser.step()\n"
        "    return model\n"
        "rows = Rows(tensor(np.zeros((4, 2, 2))), tensor(np.zeros(4, np.int64)))\n"
        "performer = Performer(train_model)\n"
        "print(performer.perform(Build(rows, rows)), performer.perform(Train(rows, rows)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("Returned") == 2, done.stdout + done.stderr


def test_a_recipe_that_is_a_method_is_built_like_any_other() -> None:
    class Maker:
        def train_model(self, train: Split, val: Split) -> nn.Module:
            return fitted(train, val)

    assert told(Performer(Maker().train_model).perform(Build(TRAIN, VAL))) is True


def test_outside_of_a_watch_lab_fit_trains() -> None:
    assert building.fitting(split(TRAIN)) is False


def test_the_innermost_watch_notes_a_fit_and_odd_rows_end_none() -> None:
    train, val = split(TRAIN), split(VAL)
    with building.watching(building.RecipeWatch(train, val)) as outer:
        with building.watching(building.RecipeWatch(train, val, only_build=True)) as inner:
            assert building.fitting(Split(train.x, train.y[:3])) is True
        assert building.fitting(Split(train.x, 1 - train.y)) is False
    assert (inner.fits, inner.relabelled) == (1, 0)
    assert (outer.fits, outer.relabelled) == (1, 1)


def test_a_row_with_two_labels_may_have_either() -> None:
    x = torch.ones(2, 5, 3)
    watch = building.RecipeWatch(Split(x, torch.tensor([0, 1])), split(VAL))
    watch.saw(Split(x[:1], torch.tensor([1])))
    assert watch.relabelled == 0
    watch.saw(Split(x, torch.tensor([1, 2])))
    assert watch.relabelled == 0.5


def test_a_validation_row_that_is_a_training_row_too_may_be_trained_on() -> None:
    train, val = split(TRAIN), split(VAL)
    mixed = Split(torch.cat([val.x[:10], train.x[:10]]), torch.cat([val.y[:10], train.y[:10]]))
    watch = building.RecipeWatch(train, mixed)
    watch.saw(Split(torch.cat([train.x, val.x[:5]]), torch.cat([train.y, val.y[:5]])))
    assert watch.validated == 0.5


def test_a_loop_over_fits_is_left() -> None:
    train = split(TRAIN)
    with building.watching(building.RecipeWatch(train, split(VAL), only_build=True)):
        assert all(building.fitting(train) for _ in range(building.MOST_FITS))
        with pytest.raises(building.NotBuiltError):
            building.fitting(train)


def test_an_optimiser_that_steps_is_refused_and_steps_afterwards() -> None:
    weight = nn.Parameter(torch.ones(1))
    weight.grad = torch.ones(1)
    optimiser = torch.optim.SGD([weight], 1.0)
    with building.no_gradients(RuntimeError, "not now"):
        with pytest.raises(RuntimeError, match="not now"):
            optimiser.step()
        assert weight.item() == 1
    optimiser.step()
    assert weight.item() == 0


def test_generators_around_a_recipe_and_names_it_made_are_put_back() -> None:
    dice, names, before = np.random.default_rng(1), globals(), runs
    assert "made_by_the_recipe" not in names

    def recipe() -> float:
        names["made_by_the_recipe"], names["runs"] = 1, runs + 5
        return dice.normal()

    expected = np.random.default_rng(1).normal()
    with building.untouched(recipe):
        assert recipe() == expected
    assert "made_by_the_recipe" not in names
    assert runs == before
    assert dice.normal() == expected


def split(rows: Rows) -> Split:
    return split_from_arrays(rows.x.array, rows.y.array)
