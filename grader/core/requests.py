"""The few things a judge may ask of an answer, and the two kinds of reply.

The judge sends inputs and never expected values. `wire.perform` carries requests out on the
learner's object: in the learner's own notebook directly, in a graded run behind the referee's
socket.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from grader.core.values import Tensor, Value

# How Ellipsis, the placeholder of an untouched answer, crosses the wire: Unusable(PLACEHOLDER).
PLACEHOLDER = "Ellipsis"
# The kind of `Raised` for code that was interrupted.
INTERRUPT = KeyboardInterrupt.__name__


@dataclass(frozen=True)
class Call:
    """Call the answer, a function, with `inputs` in order. Reply: what it returned."""

    inputs: dict[str, Value]


@dataclass(frozen=True)
class Differentiate:
    """Call the answer with gradients on. Reply: the gradient for each input named in `of`.

    It is the gradient of one number: the sum of what the answer returns, each float in it times
    the one at its place in `toward` (None where there is nothing to weigh). Zeros where none flows.
    """

    inputs: dict[str, Value]
    of: list[str]
    toward: Value


@dataclass(frozen=True)
class Rows:
    """Sequences with labels: `x` (N, T, C) or (N, T), `y` (N,) or (N, T), `lengths` (N,) if any."""

    x: Tensor
    y: Tensor
    lengths: Tensor | None = None


@dataclass(frozen=True)
class Train:
    """Call the answer, `train_model`, with two splits and keep the model. Reply: None."""

    train: Rows
    val: Rows


@dataclass(frozen=True)
class Build:
    """Call `train_model` as `Train` does, but have `lab.fit` return before it trains.

    Reply: True where the model came back, and is kept until it is trained; False where the recipe
    has a training loop of its own, which is left at its first gradient.
    """

    train: Rows
    val: Rows


@dataclass(frozen=True)
class Predict:
    """Run the kept model on one batch in eval mode. Reply: logits (N, classes).

    With `exchange`, the model first runs on a batch of others (`other_x`, `other_lengths`), and
    then on `x` while its layers of that `torch.nn` type give what they gave for the others: the
    answers of a model that uses the layer go with it. With `at`, a step (N,) for each row, the
    model is one that answers at every step, (N, T, classes), and only the logits of these steps are
    told.
    """

    x: Tensor
    lengths: Tensor | None = None
    at: Tensor | None = None
    exchange: str | None = None
    other_x: Tensor | None = None
    other_lengths: Tensor | None = None


@dataclass(frozen=True)
class Describe:
    """Tell about the kept model. Reply: a dict, see `wire.perform.describe`."""


@dataclass(frozen=True)
class ReadAnswer:
    """Reply: the answer itself, a plain value or tensor."""


Request: TypeAlias = Call | Differentiate | Build | Train | Predict | Describe | ReadAnswer


@dataclass(frozen=True)
class Returned:
    """The request was carried out; `changed` names inputs that the code changed, by commas."""

    value: Value
    changed: str = ""


@dataclass(frozen=True)
class Raised:
    """The learner's code raised: type name, its message, and the line it happened on.

    Where a function that the answer calls raised, `helper` says which, what it got, and its line.
    """

    kind: str
    message: str
    where: str = ""
    helper: str = ""

    @property
    def interrupted(self) -> bool:
        """Whether an interrupt ended the code: ■ at home, a time limit in a graded run."""
        return self.kind == INTERRUPT


@dataclass(frozen=True)
class Unusable:
    """The code ran but what it gave cannot be a value; `what` says what it was instead."""

    what: str


Reply: TypeAlias = Returned | Raised | Unusable

REQUESTS: dict[str, type[Any]] = {
    "call": Call,
    "differentiate": Differentiate,
    "build": Build,
    "train": Train,
    "predict": Predict,
    "describe": Describe,
    "read": ReadAnswer,
}
REPLIES: dict[str, type[Any]] = {
    "returned": Returned,
    "raised": Raised,
    "unusable": Unusable,
}
