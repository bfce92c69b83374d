"""Say clearly what is wrong with the arguments of `fit`, before any epoch is spent on them.

`training.fit` calls these. They never change what they check. Each raises UsageError with what was
given, what was expected, and the edit that mends it.
"""

import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab import metrics
from grader.lab.training_settings import SETTINGS, TrainingSettings
from grader.wire.splits import Split


def check_settings(settings: TrainingSettings) -> None:
    """Refuse settings that cannot train, such as no epochs or a negative learning rate."""
    for name, value in vars(settings).items():
        SETTINGS[name].check(value)


def check_splits(train: Split, val: Split | None, patience: int | None) -> None:
    """Refuse splits of the wrong kind, shape or dtype."""
    _check_split("train", train)
    if val is not None:
        _check_split("val", val)
        if val.x.shape[2:] != train.x.shape[2:] or val.x.dtype != train.x.dtype:
            message = (
                f"train.x is {_described(train.x)} but val.x is {_described(val.x)}. Both splits "
                "must have the same channels and dtype: prepare them by the same steps."
            )
            raise UsageError(message)
    elif patience is not None:
        message = (
            f"You asked for patience={patience} but gave no validation split. Early stopping "
            "watches the validation loss: pass `val`, or leave `patience` out."
        )
        raise UsageError(message)


def check_model(model: nn.Module, train: Split, val: Split | None) -> None:
    """Refuse a model whose logits do not fit the labels; tries two rows in eval mode."""
    if not any(parameter.requires_grad for parameter in model.parameters()):
        message = (
            f"Your model ({type(model).__name__}) has no weights to train. Layers must be "
            "attributes of the module (self.rnn = nn.RNN(...)) or stand in an nn.ModuleList, "
            "not in a plain list."
        )
        raise UsageError(message)
    with metrics.evaluating(model):
        tried = train.rows(slice(0, 2))
        scores = metrics.checked(metrics.forward(model, tried), tried.y)
    if len(scores) != len(tried):
        message = (
            f"Given {len(tried)} sequences x={tuple(tried.x.shape)}, your model returned "
            f"{len(scores)} rows of logits. One row per sequence was expected. "
            "Is batch_first=True set, and do you read one state per sequence?"
        )
        raise UsageError(message)
    classes = scores.shape[-1]
    for name, split in [("train", train), ("val", val)]:
        if split is not None and int(split.y.max()) >= classes:
            message = (
                f"{name}.y holds the label {int(split.y.max())}, but your model has {classes} "
                f"{'score' if classes == 1 else 'scores'} per sequence. Labels count from 0: "
                f"the last Linear layer needs at least {int(split.y.max()) + 1} outputs."
            )
            raise UsageError(message)


def check_sequence(clip: torch.Tensor) -> None:
    """Refuse anything but one sequence (T, C), such as a batch (B, T, C)."""
    if clip.dim() != 2:
        message = (
            f"You gave a clip of shape {tuple(clip.shape)}. One sequence (steps, channels) was "
            "expected, for instance data.val.x[0]."
        )
        raise UsageError(message)


def _check_split(name: str, split: object) -> None:
    if not isinstance(split, Split):
        message = (
            f"`{name}` is a {type(split).__name__}. A Split was expected: write "
            "`lab.fit(model, data.train, data.val, ...)` after `data = lab.load(...)`."
        )
        raise UsageError(message)
    x, y = split.x, split.y
    if len(x) != len(y) or len(y) == 0:
        message = (
            f"{name}.x has {len(x)} sequences and {name}.y has {len(y)} labels. "
            "As many labels as sequences were expected, and at least one."
        )
        raise UsageError(message)
    every_step = y.dim() == 2 and x.dtype == torch.int64 and y.shape == x.shape
    if not (y.dim() == 1 or every_step) or y.dtype != torch.int64:
        message = (
            f"{name}.y is {_described(y)}. Labels must be int64 of shape (sequences,), or shaped "
            "like word ids x where every step has one: use y.long(), and class numbers rather "
            "than one-hot rows."
        )
        raise UsageError(message)
    if every_step and metrics.labels(y) == 0:
        message = f"{name}.y is -100 everywhere, the mark of a padded step: there is no label."
        raise UsageError(message)
    lowest = int((y[y != metrics.PASSED_OVER] if every_step else y).min())
    if lowest < 0:
        message = f"{name}.y holds the label {lowest}. Labels are class numbers and count from 0."
        raise UsageError(message)
    if (x.dim(), x.dtype) not in {(3, torch.float32), (2, torch.int64)}:
        message = (
            f"{name}.x is {_described(x)}. Expected float32 (sequences, steps, channels), or int64 "
            "(sequences, steps) for tokens. x.float() changes the dtype; "
            "x.unsqueeze(-1) adds a channel."
        )
        raise UsageError(message)


def _described(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
