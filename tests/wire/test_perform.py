"""Performing requests on a learner's object: right results out, nothing but values out."""

import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from grader.core.compare import agree
from grader.core.requests import (
    PLACEHOLDER,
    Call,
    Describe,
    Predict,
    Raised,
    ReadAnswer,
    Returned,
    Rows,
    Train,
    Unusable,
)
from grader.core.values import Tensor, tensor
from grader.wire.perform import Performer
from grader.wire.splits import Split

X = tensor(np.random.default_rng(0).normal(size=(6, 4, 3)))
OTHER = tensor(np.random.default_rng(1).normal(size=(6, 4, 3)))
ROWS = Rows(X, tensor(np.array([0, 1, 0, 1, 0, 1])))


class Net(nn.Module):
    """A small classifier; `bypass` ignores the recurrent layer."""

    def __init__(self, *, bypass: bool = False, batch_first: bool = True) -> None:
        super().__init__()
        self.rnn = nn.RNN(3, 8, batch_first=batch_first)
        self.head = nn.Linear(3 if bypass else 8, 2)
        self.bypass, self.batch_first = bypass, batch_first

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (N, 2) of sequences (N, T, 3)."""
        out, _ = self.rnn(x if self.batch_first else x.transpose(0, 1))
        if self.bypass:
            return self.head(x[:, -1])  # type: ignore[no-any-return]
        return self.head(out[:, -1] if self.batch_first else out[-1])  # type: ignore[no-any-return]


def trained(model: object) -> Performer:
    """A performer whose recipe gives `model`."""

    def train_model(train: Split, val: Split) -> object:
        assert len(train) == len(val) == len(X.array)
        return model

    performer = Performer(train_model)
    assert performer.perform(Train(ROWS, ROWS)) == Returned(None)
    return performer


def logits(performer: Performer, exchange: str | None = None) -> npt.NDArray[np.float32]:
    """What the model predicts for X; with `exchange`, while its layer reads OTHER."""
    other = OTHER if exchange else None
    reply = performer.perform(Predict(X, exchange=exchange, other_x=other))
    assert isinstance(reply, Returned), reply
    assert isinstance(reply.value, Tensor)
    return reply.value.array


def answers_to(performer: Performer, x: Tensor) -> npt.NDArray[np.float32]:
    """What the model predicts for other sequences."""
    reply = performer.perform(Predict(x))
    assert isinstance(reply, Returned), reply
    assert isinstance(reply.value, Tensor)
    return reply.value.array


def test_inputs_arrive_as_float32_tensors_in_order() -> None:
    """Names are the question's, order is what counts."""
    reply = Performer(lambda a, b: a * b).perform(Call({"x": tensor(np.ones(2)), "k": 3}))
    assert isinstance(reply, Returned)
    assert agree(reply.value, tensor(np.full(2, 3.0)))


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (..., PLACEHOLDER),
        (object(), "of type object"),
        (lambda: 0, "a function (are the brackets of a call missing?)"),
        ({1: 2}, "a dict whose keys are not all text"),
        (np.array([object()]), "a numpy array of object"),
        (torch.zeros(2, dtype=torch.complex64), "a torch.strided tensor of torch.complex64"),
        (torch.zeros(2).to_sparse(), "a torch.sparse_coo tensor of torch.float32"),
    ],
)
def test_what_is_no_value_is_named(made: object, what: str) -> None:
    """Objects never cross; their description does."""
    assert Performer(lambda: made).perform(Call({})) == Unusable(what)


class EqualsAll(torch.Tensor):
    """Claims to equal everything."""

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return True

    __hash__ = None  # type: ignore[assignment]


def test_tensor_subclasses_are_no_values() -> None:
    """An always-equal tensor is worthless: only exact types cross."""
    fake = torch.zeros(2).as_subclass(EqualsAll)
    assert Performer(lambda: fake).perform(Call({})) == Unusable("of type EqualsAll")


def test_endless_nesting_is_no_value() -> None:
    """A list inside itself ends in a sentence."""
    ring: list[object] = []
    ring.append(ring)
    assert Performer(ring).perform(ReadAnswer()) == Unusable("nested too deeply or too long")


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_whatever_is_raised_is_a_reply(error: BaseException) -> None:
    """Not even SystemExit leaves the performer."""

    def fail() -> None:
        raise error

    reply = Performer(fail).perform(Call({}))
    assert isinstance(reply, Raised)
    assert reply.kind == type(error).__name__
    assert "raise error" in reply.where


def test_results_keep_value_without_gradient_or_view() -> None:
    """Gradients, transposes and expanded views come out as plain numbers."""
    weight = torch.ones(2, 3, requires_grad=True)
    reply = Performer(lambda: (weight * 2).T).perform(Call({}))
    assert isinstance(reply, Returned)
    assert agree(reply.value, tensor(np.full((3, 2), 2.0)))


def test_predict_runs_in_eval_mode() -> None:
    """Dropout is off, whatever mode the recipe left the model in."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(12, 2)).train()
    performer = trained(model)
    np.testing.assert_array_equal(logits(performer), logits(performer))


@pytest.mark.parametrize("batch_first", [True, False])
def test_answers_of_a_model_that_uses_its_layer_go_with_the_layer(*, batch_first: bool) -> None:
    """Where the layer reads other sequences, the answers are those to the others."""
    torch.manual_seed(0)
    performer = trained(Net(batch_first=batch_first))
    np.testing.assert_allclose(
        logits(performer, "RNN"), answers_to(performer, OTHER), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(logits(performer, "GRU"), logits(performer))


def test_an_exchange_moves_nothing_where_the_layer_is_bypassed() -> None:
    """A decoration of an RNN does not count as using one."""
    torch.manual_seed(0)
    performer = trained(Net(bypass=True))
    np.testing.assert_array_equal(logits(performer, "RNN"), logits(performer))


def test_describe_counts_parameters_and_lists_layers() -> None:
    """The facts that the rules are checked by."""
    reply = trained(Net()).perform(Describe())
    assert isinstance(reply, Returned)
    assert isinstance(reply.value, dict)
    assert reply.value["parameters"] == 3 * 8 + 8 * 8 + 8 + 8 + 8 * 2 + 2
    assert reply.value["recurrent"] == [
        {
            "type": "RNN",
            "num_layers": 1,
            "dropout": 0.0,
            "bidirectional": False,
            "hidden_size": 8,
        }
    ]


@pytest.mark.parametrize(
    ("made", "what"), [(None, "None"), ("net", "of type str"), (..., PLACEHOLDER)]
)
def test_a_recipe_must_return_a_model(made: object, what: str) -> None:
    """A forgotten return is named."""
    assert Performer(lambda _train, _val: made).perform(Train(ROWS, ROWS)) == Unusable(what)


class EveryStep(nn.Module):
    """Logits (N, T, 5) for sequences of word ids: the id of the step itself is likeliest."""

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Ten for the word that is read, zero for others."""
        assert len(lengths) == len(x)
        return nn.functional.one_hot(x, 5) * 10.0


def test_of_a_language_model_only_the_asked_steps_are_told() -> None:
    words = tensor(np.array([[1, 2, 3], [4, 3, 0], [2, 0, 0]]))
    lengths, at = tensor(np.array([3, 2, 1])), tensor(np.array([2, 0, 0]))
    performer = Performer(lambda _train, _val: EveryStep())
    performer.perform(Train(ROWS, ROWS))
    reply = performer.perform(Predict(words, lengths, at=at))
    assert isinstance(reply, Returned)
    assert isinstance(reply.value, Tensor)
    assert reply.value.array.argmax(1).tolist() == [3, 4, 2]


@pytest.mark.parametrize("made", [torch.zeros(3, 5), torch.zeros(3, 1, 5), (torch.zeros(3), 1)])
def test_a_model_that_does_not_answer_every_step_is_unusable(made: object) -> None:
    class Other(nn.Module):
        def forward(self, _x: torch.Tensor) -> object:
            return made

    performer = Performer(lambda _train, _val: Other())
    performer.perform(Train(ROWS, ROWS))
    at = tensor(np.array([2, 0, 0]))
    reply = performer.perform(Predict(tensor(np.zeros((3, 3), np.int64)), at=at))
    assert isinstance(reply, Unusable)
    assert "(sequences, steps, words)" in reply.what


def test_a_recipe_without_a_seed_trains_the_same_twice_and_disturbs_nothing() -> None:
    """A re-grade repeats a grade; a notebook's own random numbers go on as if nothing had been."""

    def train_model(_train: Split, _val: Split) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(12, 2))

    performer = Performer(train_model)
    torch.manual_seed(7)
    seen = []
    for _ in range(2):
        torch.rand(1)
        performer.perform(Train(ROWS, ROWS))
        seen.append(logits(performer))
    after = torch.rand(1)
    np.testing.assert_array_equal(seen[0], seen[1])
    torch.manual_seed(7)
    assert after == torch.rand(3)[2]


def test_a_network_of_another_float_type_gets_its_own() -> None:
    """Whoever trains in float64 is asked in float64."""
    assert np.allclose(logits(trained(Net().double())), 0, atol=5)


def test_a_train_method_that_returns_nothing_is_no_trouble() -> None:
    """nn.Module.train returns the module; an overridden one often forgets."""

    class Forgetful(Net):
        def train(self, mode: bool = True) -> None:  # type: ignore[override]  # noqa: FBT001, FBT002
            super().train(mode)

    assert logits(trained(Forgetful())).shape == (6, 2)


def test_a_subclass_that_gives_its_last_state_alone_is_moved_too() -> None:
    """The layer counts as used whatever it makes of its outputs."""

    class Last(nn.RNN):
        def forward(self, x: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
            return super().forward(x)[1][-1]

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn, self.head = Last(3, 8, batch_first=True), nn.Linear(8, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.rnn(x))  # type: ignore[no-any-return]

    performer = trained(Reader())
    assert np.allclose(logits(performer, "RNN"), answers_to(performer, OTHER), atol=1e-6)


@pytest.mark.parametrize(
    ("wrap", "named"),
    [
        (lambda logits: (logits, None), "a tuple of 2"),
        (lambda logits: {"logits": logits}, "a dict of 1"),
        (lambda _logits: None, "None"),
    ],
)
def test_a_network_gives_its_logits_alone(wrap: Callable[[object], object], named: str) -> None:
    """As the question says; what came instead is named."""

    class Wrapped(Net):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return wrap(super().forward(x))  # type: ignore[return-value]

    reply = trained(Wrapped()).perform(Predict(X))
    assert isinstance(reply, Unusable)
    assert named in reply.what


def test_a_scripted_copy_is_named() -> None:
    """Nobody can look at its layers, and the question says so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit is on its way out
        scripted = torch.jit.script(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)))
    reply = Performer(lambda _train, _val: scripted).perform(Train(ROWS, ROWS))
    assert isinstance(reply, Unusable)
    assert "TorchScript" in reply.what


def test_a_compiled_model_is_asked_as_it_was_written() -> None:
    """And its layer is heard: compiling anew for every request would take a question's time."""
    torch.manual_seed(0)
    net = Net()
    plain, compiled = trained(net), trained(torch.compile(net, backend="eager"))
    np.testing.assert_array_equal(logits(plain), logits(compiled))
    np.testing.assert_array_equal(logits(plain, "RNN"), logits(compiled, "RNN"))
