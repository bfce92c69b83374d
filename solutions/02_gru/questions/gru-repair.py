"""gru-repair: mend a GRU that has learnt an assistant's wrong labels by heart.

The baseline learns the 22 wrong labels of 200 by heart; the perfect rule scores 89.00% on every
split (data/shutter/README.md). `make evidence UNIT=02_gru` measures each recipe over 20 draws.
Recipes do not seed: whoever calls them does.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grader import lab
from grader.wire.splits import Split

TITLE = "Repair the lamp watcher"
KIND = "repair"
POINTS = 10
SECONDS = 180
DATA = "shutter"
LAYER = "GRU"
BARS = {"train_below": 92.0, "val_at_least": 85.0}
# The reference held on 20 of 20 draws and the four repairs on 79 of 80: one tells enough.
DRAWS = 1
PARAMETERS_AT_MOST = None
# What the scaffold is made of: `lab.repair_lab` builds the graded cell from it.
LAB = {
    "layer": "gru",
    "inputs": "CHANNELS",
    "outputs": "2",
    "reads": {
        "last step": {"one": ["h_n[-1]"]},
        "mean over all steps": {"one": ["output.mean(dim=1)"]},
    },
    "start": {"hidden": 64, "layers": 2, "epochs": 24, "lr": 1e-2, "batch_size": 64},
}
HINTS = [
    (
        "Look at the wrong labels it has learnt by heart: all of them. It can, because it sees the "
        "very same numbers in every epoch. What would make them differ a little each time?"
    ),
    (
        "nn.Dropout before the head comes too late: the layers below have already memorised the "
        "noise. Put it on the input, x = self.drop(x), with half of the readings gone. The lamp is "
        "in all of them, so what is left still tells."
    ),
    (
        "Two layers of 64 can store 200 sequences with ease. One layer of 16 to 32 is enough to "
        "hold one running sum."
    ),
    (
        "The last state has to be learnt first, then it starts to memorise: stop in between. Allow "
        "about 50 epochs in batches of 32 with patience=10, which puts the best weights back."
    ),
]


@dataclass(frozen=True)
class Shape:
    """What a model is made of. The defaults are the untouched recipe's."""

    hidden: int = 64
    layers: int = 2
    input_dropout: float = 0.0
    between_dropout: float = 0.0
    head_dropout: float = 0.0
    noise: float = 0.0
    bidirectional: bool = False
    mean: bool = False
    layer: str = "GRU"


class Lamp(nn.Module):
    """x (B, 40, 11) to logits (B, 2), through one `nn.GRU` (or, as a bonus, `nn.RNN`)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.input_dropout = nn.Dropout(shape.input_dropout)
        self.gru = getattr(nn, shape.layer)(
            11,
            shape.hidden,
            num_layers=shape.layers,
            dropout=shape.between_dropout,
            bidirectional=shape.bidirectional,
            batch_first=True,
        )
        self.head_dropout = nn.Dropout(shape.head_dropout)
        self.head = nn.Linear(shape.hidden * (2 if shape.bidirectional else 1), 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.input_dropout(x)
        if self.training and self.shape.noise:
            x = x + self.shape.noise * torch.randn_like(x)
        output, h_n = self.gru(x)
        if self.shape.mean:
            summary = output.mean(dim=1)
        elif self.shape.bidirectional:
            summary = torch.cat([h_n[-2], h_n[-1]], dim=1)
        else:
            summary = h_n[-1]
        logits: Tensor = self.head(self.head_dropout(summary))
        return logits


Recipe = Callable[[Split, Split], nn.Module]


def _recipe(shape: Shape, **settings: float) -> Recipe:
    def train_model(train: Split, val: Split) -> nn.Module:
        model = Lamp(shape)
        lab.fit(model, train, val, plot=False, **(BASELINE_SETTINGS | settings))
        return model

    return train_model


BASELINE_SETTINGS = {"epochs": 24, "lr": 1e-2, "batch_size": 64}
STOPPING = {"epochs": 50, "batch_size": 32, "patience": 10}

baseline = _recipe(Shape())
reference = _recipe(Shape(24, 1, input_dropout=0.5, head_dropout=0.3), **STOPPING)

REPAIRS = [
    ("mean-over-time", _recipe(Shape(24, 1, input_dropout=0.5, mean=True), **STOPPING)),
    (
        "two-small-layers",
        _recipe(Shape(24, 2, input_dropout=0.5, between_dropout=0.5), **STOPPING),
    ),
    ("input-noise", _recipe(Shape(24, 1, noise=1.5), **STOPPING)),
    (
        "bidirectional",
        _recipe(Shape(16, 1, input_dropout=0.6, head_dropout=0.3, bidirectional=True), **STOPPING),
    ),
]

MISTAKES = [
    (
        "smaller-only",
        _recipe(Shape(16, 2)),
        "16 units still hold most of the wrong labels: 200 sequences are few. Size alone does not "
        "mend it; make the input differ from epoch to epoch.",
    ),
    (
        "head-dropout-only",
        _recipe(Shape(head_dropout=0.5)),
        "Dropout before the head came too late: the layers below it had already memorised the "
        "noise. Put it on the input.",
    ),
    (
        "between-layers-only",
        _recipe(Shape(between_dropout=0.5)),
        "dropout= in the GRU acts between its two layers, after the first has memorised the "
        "noise. Put nn.Dropout on the input.",
    ),
    (
        "weight-decay-only",
        _recipe(Shape(), weight_decay=1e-3),
        "A little weight decay slows the memorising and does not stop it.",
    ),
    (
        "more-epochs",
        _recipe(Shape(), epochs=48),
        "More epochs give the model more time to learn wrong labels by heart. It had all of them "
        "before.",
    ),
]

UNRELIABLE = [
    (
        "early-stopping-only",
        _recipe(Shape(), patience=10),
        "Stopping early finds a good moment on some data sets and none on others: a large network "
        "begins to memorise as soon as it has learnt the sum.",
    ),
    (
        "small-and-stopped",
        _recipe(Shape(24, 1), **STOPPING),
        "A small network stopped early finds a good moment on some data sets and none on others: "
        "once the sum is learnt, the memorising begins at once.",
    ),
]

BONUS = [
    ("bidirectional baseline", _recipe(Shape(bidirectional=True))),
    (
        "nn.RNN in the reference's place",
        _recipe(Shape(24, 1, input_dropout=0.5, head_dropout=0.3, layer="RNN"), **STOPPING),
    ),
    (
        "nn.RNN, mean over time",
        _recipe(Shape(24, 1, input_dropout=0.5, mean=True, layer="RNN"), **STOPPING),
    ),
]

# What the lesson promises of single draws, in percent: lowest and highest.
BANDS = {"baseline": {"train": (98.0, 100.0), "val": (70.0, 82.0)}}
