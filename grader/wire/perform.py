"""Carry out a judge's requests on the learner's object, wherever that object lives.

Used by `lab.check` in the learner's own notebook and by the worker in a graded run, so that both do
exactly the same. It runs learner code and trusts nothing it returns: results leave through
`wire.values` by exact type.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np

from grader.core.requests import (
    Build,
    Call,
    Describe,
    Differentiate,
    Predict,
    Raised,
    ReadAnswer,
    Reply,
    Request,
    Returned,
    Rows,
    Train,
    Unusable,
)
from grader.core.values import Tensor, Value
from grader.wire import building, error_origin, grad_mode, gradient, layers, model_size
from grader.wire.splits import Split
from grader.wire.values import from_object, is_still, to_object

if TYPE_CHECKING:
    import torch

MAX_MESSAGE = 600
NO_LEARNING = "training ends with train_model: a model that is asked computes no gradients"
# Random numbers of a recipe that sets no seed of its own.
SEED = 0


_performing: list[Request] = []


def is_performing() -> bool:
    """True while a judge's request is carried out; nobody is looking then."""
    return bool(_performing)


class Performer:
    """Performs requests on one answer; keeps the model between `Train` and `Predict`."""

    def __init__(self, answer: object) -> None:
        self._answer = answer
        self._model: torch.nn.Module | None = None
        self._ran: set[str] = set()
        self._watch: building.RecipeWatch | None = None

    def perform(self, request: Request) -> Reply:
        """Carry out one request; whatever the learner's code raises comes back as `Raised`."""
        _performing.append(request)
        try:
            made = self._do(request)
        except BaseException as error:  # noqa: BLE001 - SystemExit and interrupts are replies too
            if isinstance(error, KeyboardInterrupt):
                grad_mode.switch_on()
            return raised(error)
        finally:
            _performing.clear()
        if isinstance(made, Unusable | Returned):
            return made
        return Returned(made)

    def _do(self, request: Request) -> Value | Unusable | Returned:
        match request:
            case ReadAnswer():
                return from_object(self._answer)
            case Call():
                inputs = [to_object(value) for value in request.inputs.values()]
                made = self._call(*inputs)
                if isinstance(made, Unusable):
                    return made
                now = zip(request.inputs.items(), inputs, strict=True)
                return Returned(
                    made, ", ".join(n for (n, was), thing in now if not is_still(thing, was))
                )
            case Differentiate():
                return gradient.of(self._answer, request)
            case Build():
                return self._build(request)
            case Train():
                return self._train(request)
            case Predict():
                return self._predict(request)
            case Describe():
                return self._describe()
            case _:
                assert_never(request)

    def _call(self, *inputs: Any) -> Value | Unusable:
        if self._answer is Ellipsis:
            return from_object(Ellipsis)
        if not callable(self._answer):
            return Unusable(f"of type {type(self._answer).__name__}, not a function")
        return from_object(self._answer(*inputs))

    def _build(self, request: Build) -> Value | Unusable:
        if self._answer is Ellipsis or not callable(self._answer):
            return False
        try:
            with building.untouched(self._answer), layers.uncompiled():
                return self._train(request) is None
        except building.NotBuiltError:
            return False

    def _train(self, request: Build | Train) -> Value | Unusable:
        import torch

        if self._answer is Ellipsis or not callable(self._answer):
            return self._call()
        self._model, self._ran = None, set()
        train, val = _split(request.train), _split(request.val)
        # an own copy, which the recipe cannot change in place
        given = _split(request.train)
        self._watch = building.RecipeWatch(train, val, isinstance(request, Build))
        with _seeded(), building.watching(self._watch):
            model = self._answer(train, val)
        if torch.equal(given.x, train.x):  # else the recipe may have put rows in another order
            self._watch.relabelled = max(self._watch.relabelled, _changed(given.y, train.y))
        if not isinstance(model, torch.nn.Module):
            if isinstance(model, tuple | list):
                return Unusable(f"a {type(model).__name__} ({_kinds(model)})")
            made = from_object(model)
            if isinstance(made, Unusable):
                return made
            return Unusable("None" if model is None else f"of type {type(model).__name__}")
        if isinstance(model, torch.jit.ScriptModule):
            return Unusable("a TorchScript copy, whose layers cannot be looked at")
        self._model = model
        return None

    def _describe(self) -> Value:
        told = describe(self._trained())
        told["ran"] = [*sorted(self._ran)]
        if self._watch is not None:
            told["relabelled"] = self._watch.relabelled
            told["validated"] = self._watch.validated
        return told

    def _trained(self) -> torch.nn.Module:
        if self._model is None:
            message = "no model was trained"
            raise RuntimeError(message)
        return self._model

    def _predict(self, request: Predict) -> Value | Unusable:
        import torch

        model = self._trained()
        model.eval()  # what it returns is the learner's to say
        with (
            torch.no_grad(),
            building.no_gradients(RuntimeError, NO_LEARNING),
            layers.uncompiled(),
        ):
            heard = None
            if request.exchange is not None and request.other_x is not None:
                with layers.hearing() as heard:
                    _forward(model, request.other_x, request.other_lengths)
            with layers.hearing(request.exchange if heard else None, heard) as now:
                logits = _forward(model, request.x, request.lengths)
        self._ran |= now.kinds
        if request.at is not None:
            logits = _steps(logits, to_object(request.at))
        if isinstance(logits, Unusable):
            return logits
        return from_object(logits) if isinstance(logits, torch.Tensor) else _no_logits(logits)


def _forward(model: torch.nn.Module, x: Tensor, lengths: Tensor | None) -> Any:
    given = _like_weights(to_object(x), model)
    return model(given) if lengths is None else model(given, to_object(lengths))


def _changed(given: torch.Tensor, now: torch.Tensor) -> float:
    """The share of labels that are others than before; all where the form is another."""
    return float((given != now).double().mean()) if given.shape == now.shape else 1.0


def _like_weights(x: torch.Tensor, model: torch.nn.Module) -> torch.Tensor:
    """Readings on the device and in the float type of the model's weights; ids on the device."""
    weights = next((p for p in model.parameters() if p.is_floating_point()), None)
    if weights is None:
        return x
    return x.to(weights.device, weights.dtype if x.is_floating_point() else x.dtype)


def _kinds(parts: Sequence[object]) -> str:
    """The types of a few values: `Repaired, History`."""
    named = [type(part).__name__[:80] for part in parts[:4]]
    return ", ".join([*named, *(["…"] if len(parts) > len(named) else [])])


def _no_logits(made: object) -> Unusable:
    if isinstance(made, tuple | dict):
        return Unusable(f"a {type(made).__name__} of {len(made)} where the logits alone belong")
    return Unusable("None" if made is None else f"of type {type(made).__name__}")


def _steps(logits: Any, at: torch.Tensor) -> torch.Tensor | Unusable:
    """The logits (B, V) that (B, T, V) hold at one step of each row."""
    import torch

    if not isinstance(logits, torch.Tensor):
        return Unusable(f"of type {type(logits).__name__}, not logits (sequences, steps, words)")
    if logits.dim() != 3 or len(logits) != len(at) or logits.shape[1] <= int(at.max()):
        return Unusable(f"of shape {tuple(logits.shape)}, not (sequences, steps, words)")
    return logits[torch.arange(len(at), device=logits.device), at.to(logits.device)]


@contextmanager
def _seeded() -> Iterator[None]:
    """The same random numbers for every training, so that a re-grade repeats it.

    A recipe that seeds by itself overrides this; what a notebook drew before is not disturbed.
    """
    import torch

    before = random.getstate(), np.random.get_state()  # noqa: NPY002 - learners' recipes use it
    with torch.random.fork_rng():
        random.seed(SEED)
        np.random.seed(SEED)  # noqa: NPY002
        torch.manual_seed(SEED)
        try:
            yield
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])  # noqa: NPY002


def _split(rows: Rows) -> Split:
    lengths = to_object(rows.lengths) if rows.lengths else None
    return Split(to_object(rows.x), to_object(rows.y), lengths)


def describe(model: torch.nn.Module) -> dict[str, Value]:
    """Count the numbers that a model holds and list its recurrent layers with their settings.

    `Performer` adds which types of layers ran when the model was asked ("ran"), and what shares of
    training rows were given to `lab.fit` with another label, and of validation rows at all
    ("relabelled", "validated"). "state" is a hash of the weights.
    """
    import torch

    recurrent: list[Value] = [
        {
            "type": next(
                name for name in ("RNN", "GRU", "LSTM") if isinstance(m, getattr(torch.nn, name))
            ),
            "num_layers": int(m.num_layers),
            "dropout": float(m.dropout),
            "bidirectional": bool(m.bidirectional),
            "hidden_size": int(m.hidden_size),
        }
        for m in model.modules()
        if isinstance(m, torch.nn.RNN | torch.nn.GRU | torch.nn.LSTM)
    ]
    parameters, elsewhere = model_size.numbers(model)
    return {
        "parameters": parameters,
        "elsewhere": elsewhere,
        "recurrent": recurrent,
        "state": model_size.digest(model),
    }


def raised(error: BaseException) -> Raised:
    """Describe an exception: its type, its first words, the last line of the learner's code."""
    text = str(error).strip()
    if len(text) > MAX_MESSAGE:
        text = text[:MAX_MESSAGE] + " …"
    return Raised(type(error).__name__[:80], text, *error_origin.places(error))
