"""rnn-repair: make an overfitting recurrent network general, judged as a recipe on fresh draws.

The baseline learns the 33 wrong labels of 300 by heart. A repair keeps it from that; the perfect
rule scores 89.00% on every split (data/rumble/README.md). Each recipe below was measured over 20
draws by `make evidence UNIT=01_rnn`; docs/evidence.md holds the table. Recipes do not seed: whoever
calls them does.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from grader import lab
from grader.wire.splits import Split

TITLE = "Repair the network that learns by heart"
KIND = "repair"
POINTS = 10
SECONDS = 120
DATA = "rumble"
LAYER = "RNN"
BARS = {"train_below": 92.0, "val_at_least": 85.0}
DRAWS = 3
PARAMETERS_AT_MOST = None
# What the scaffold is made of: `lab.repair_lab` builds the graded cell from it.
LAB = {
    "layer": "rnn",
    "inputs": "SENSORS",
    "outputs": "2",
    "reads": {
        "last step": {"one": ["output[:, -1]"]},
        "mean over all steps": {"one": ["output.mean(dim=1)"]},
    },
    "start": {"hidden": 64, "epochs": 50, "lr": 3e-3, "batch_size": 32},
}
HINTS = [
    (
        "First name the illness. Every wrong label is learnt by heart: the network has more room "
        "than it needs. How many numbers of memory does it take to notice whether a reading agrees "
        "with the one before? Try far fewer than 64."
    ),
    (
        "A smaller network still sees the very same 300 clips in every epoch. Make it see "
        "them a little differently each time: what could you drop at random, and *where*, so that "
        "the recurrent layer never gets the chance to recognise a clip?"
    ),
    (
        "After the layer is too late, so put `nn.Dropout` on its input: somewhere from 0.3 to 0.5. "
        "A small network with dropout takes a learning rate near 0.005 well."
    ),
    (
        "Last, the right moment to stop. The validation loss hesitates at first, so give it time: "
        "`patience=15` and up to 60 epochs. About 24 units, dropout 0.4 on the input and 0.2 "
        "before the head is one recipe that holds; there are others."
    ),
]

Recipe = Callable[[Split, Split], nn.Module]


class SensorRNN(nn.Module):
    """Clips (B, T, 8) to logits (B, 2): an `nn.RNN`, and a linear head on its last state."""

    def __init__(
        self,
        hidden_size: int = 64,
        input_dropout: float = 0.0,
        output_dropout: float = 0.0,
        *,
        input_noise: float = 0.0,
        bidirectional: bool = False,
        mean_over_time: bool = False,
    ) -> None:
        super().__init__()
        self.rnn = nn.RNN(8, hidden_size, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(hidden_size * (2 if bidirectional else 1), 2)
        self.before = nn.Dropout(input_dropout)
        self.after = nn.Dropout(output_dropout)
        self.input_noise = input_noise
        self.mean_over_time = mean_over_time

    def forward(self, x: Tensor) -> Tensor:
        x = self.before(x)
        if self.training and self.input_noise:
            x = x + self.input_noise * torch.randn_like(x)
        output, h_n = self.rnn(x)
        summary = output.mean(dim=1) if self.mean_over_time else torch.cat(tuple(h_n), dim=1)
        return self.head(self.after(summary))


class LongShortTermMemory(nn.Module):
    """The bonus: the baseline with an `nn.LSTM` in the place of its `nn.RNN`."""

    def __init__(self, hidden_size: int = 64, dropout: float = 0.0) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, 2)
        self.before = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        _, (h_n, _) = self.lstm(self.before(x))
        return self.head(h_n[-1])


BASELINE = {"epochs": 50, "lr": 3e-3, "batch_size": 32}
GENTLE = {"epochs": 60, "lr": 5e-3, "batch_size": 32, "patience": 15}


def _recipe(build: Callable[[], nn.Module], settings: dict[str, float]) -> Recipe:
    def train_model(train: Split, val: Split) -> nn.Module:
        model = build()
        lab.fit(model, train, val, **settings, plot=False)
        return model

    return train_model


def baseline(train: Split, val: Split) -> nn.Module:
    """What the learner starts from."""
    return _recipe(SensorRNN, BASELINE)(train, val)


def reference(train: Split, val: Split) -> nn.Module:
    """Less room, dropout where it counts, the right moment to stop."""
    return _recipe(lambda: SensorRNN(24, 0.4, 0.2), GENTLE)(train, val)


def _sees_validation(train: Split, val: Split) -> nn.Module:
    everything = Split(torch.cat([train.x, val.x]), torch.cat([train.y, val.y]))
    return _recipe(SensorRNN, BASELINE | {"epochs": 30})(everything, val)


REPAIRS = [
    ("mean over time", _recipe(lambda: SensorRNN(24, 0.3, mean_over_time=True), GENTLE)),
    (
        "noise on the input",
        _recipe(lambda: SensorRNN(24, input_noise=0.7, mean_over_time=True), GENTLE),
    ),
    (
        "both directions, mean",
        _recipe(lambda: SensorRNN(16, 0.5, bidirectional=True, mean_over_time=True), GENTLE),
    ),
    (
        "large, half the input, mean",
        _recipe(lambda: SensorRNN(64, 0.5, mean_over_time=True), GENTLE | {"lr": 2e-3}),
    ),
    (
        "label smoothing, no stopping",
        _recipe(
            lambda: SensorRNN(24, 0.4, mean_over_time=True),
            {"epochs": 40, "lr": 5e-3, "batch_size": 32, "label_smoothing": 0.1},
        ),
    ),
]

MISTAKES = [
    (
        "weight-decay-only",
        _recipe(SensorRNN, BASELINE | {"weight_decay": 1e-3}),
        (
            "Weight decay alone is too soft: it makes memorising a little dearer, and 64 numbers "
            "of memory can still afford it. Take the room away instead, or change what is seen."
        ),
    ),
    (
        "late-dropout-only",
        _recipe(lambda: SensorRNN(64, 0.0, 0.5), BASELINE),
        (
            "Dropout before the head came too late: the recurrent layer had already memorised the "
            "wrong labels. Drop where clips come in."
        ),
    ),
    (
        "early-stopping-only",
        _recipe(SensorRNN, BASELINE | {"patience": 5}),
        (
            "Early stopping alone gave back a network that had hardly begun: here the validation "
            "loss rises before it falls. Stopping helps once the loss falls first."
        ),
    ),
    (
        "twice-the-epochs",
        _recipe(SensorRNN, BASELINE | {"epochs": 100}),
        (
            "More epochs gave it more time to learn the last wrong labels by heart; there was "
            "nothing else left to learn."
        ),
    ),
    (
        "bigger-hidden",
        _recipe(lambda: SensorRNN(192), BASELINE),
        (
            "A bigger network has more room for learning by heart, and trains less steadily. Room "
            "is not what is missing."
        ),
    ),
    (
        "smaller-only",
        _recipe(lambda: SensorRNN(16), BASELINE),
        (
            "Sixteen units learn fewer wrong labels by heart, but still most of them: they see the "
            "same 300 clips fifty times. Let the clips vary as well, or stop in time."
        ),
    ),
    (
        "clipping-only",
        _recipe(SensorRNN, BASELINE | {"clip": 0.5}),
        (
            "Clipping holds large steps back, which helps where training explodes. Nothing "
            "explodes here: it learns by heart in small steps as well."
        ),
    ),
    (
        "label-smoothing-only",
        _recipe(SensorRNN, BASELINE | {"label_smoothing": 0.1}),
        (
            "Label smoothing made the network less sure of the labels it memorised, but it "
            "memorised them all the same."
        ),
    ),
    (
        "fewer-epochs-only",
        _recipe(SensorRNN, BASELINE | {"epochs": 12}),
        (
            "Stopping after a number of epochs that was guessed: the network began to memorise "
            "before it had found the rule, so no moment is a good one."
        ),
    ),
    (
        "trains-on-validation",
        _sees_validation,
        (
            "The validation clips were trained on too, so they measure nothing any more; hidden "
            "clips show what it is worth. Keep validation out of training."
        ),
    ),
]

UNRELIABLE = [
    (
        "small, weight decay, mean",
        _recipe(lambda: SensorRNN(16, mean_over_time=True), GENTLE | {"weight_decay": 1e-3}),
        "It stops memorising, but with clips that never vary it misses part of the rule.",
    ),
]

BONUS = [
    ("LSTM in the baseline", _recipe(LongShortTermMemory, BASELINE)),
    ("LSTM in the repair", _recipe(lambda: LongShortTermMemory(24, 0.4), GENTLE)),
]

# What the lesson promises of single draws, in percent: lowest and highest.
BANDS = {"baseline": {"train": (96.0, 100.0), "val": (65.0, 78.0)}}
