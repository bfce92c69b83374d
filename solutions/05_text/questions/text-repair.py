"""text-repair: a language model that learns by heart shall be less unsure than a bigram model.

The baseline sees 1000 sentences 25 times: it ends nearly sure of them and lost on others. Judged in
perplexity, on fresh draws, against a bigram model of the same 1000 sentences at the same places.
Each recipe below was measured over 20 draws by `make evidence UNIT=05_text`; docs/evidence.md holds
the table. Recipes do not seed: whoever calls them does.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from grader import lab
from grader.wire.splits import Split

TITLE = "Repair the language model that learns by heart"
KIND = "repair"
POINTS = 10
SECONDS = 240
DATA = "sentences"
LAYER = "GRU"
METRIC = "perplexity"
# The bigram model's perplexity on the page's validation sentences.
BARS = {"perplexity_at_most": 98.0}
# One training takes about six seconds, and draws differ little beside the bar: one is enough.
DRAWS = 1
PARAMETERS_AT_MOST = None
# What the scaffold is made of: `lab.repair_lab` builds the graded cell from it.
LAB = {
    "layer": "gru",
    "embedding": "nn.Embedding(WORDS, embedding_size, padding_idx=PAD)",
    "inputs": "embedding_size",
    "outputs": "WORDS",
    "lengths": "ignore",
    "signature": "embedding_size=50, hidden_size={hidden}",
    "size": "hidden_size",
    "built_with": "",
    "reads": {"every step": {"one": ["output"]}},
    "start": {"hidden": 64, "epochs": 25, "lr": 1e-2, "batch_size": 64, "clip": 1.0},
}
HINTS = [
    (
        "First name the illness. Look at both curves: validation is at its best within the first "
        "few epochs, and the last twenty only learn sentences by heart. Which setting of `lab.fit` "
        "stops in time and gives the best weights back?"
    ),
    (
        "Stopping alone comes down to where memorising began, which is early. Hold the weights "
        "back as well: `weight_decay=1e-4` keeps rare words from growing large vectors."
    ),
    (
        "Dropout on the embedding and before the head makes each sentence look different each "
        "time: `nn.Dropout(0.4)` at both places."
    ),
    (
        "All three together: dropout 0.4 and 0.4, `weight_decay=1e-4`, `patience=3`. Each alone "
        "stays above the bigram model; try it."
    ),
]

WORDS = 2500
Recipe = Callable[[Split, Split], nn.Module]


class NextWord(nn.Module):
    """Word ids (B, T) to logits (B, T, 2500): for the next word after each step.

    One direction only: each step must not know what comes after it. Padding stands behind a
    sentence, so in one direction it changes nothing before it, and `lengths` is not needed.
    """

    def __init__(
        self,
        embedding_size: int = 50,
        hidden_size: int = 64,
        dropout: tuple[float, float] = (0.0, 0.0),
        *,
        tied: bool = False,
        bidirectional: bool = False,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, embedding_size, padding_idx=0)
        self.gru = nn.GRU(
            embedding_size, hidden_size, batch_first=True, bidirectional=bidirectional
        )
        features = hidden_size * (2 if bidirectional else 1)
        self.narrow = nn.Linear(features, embedding_size) if tied else nn.Identity()
        self.head = nn.Linear(embedding_size if tied else features, WORDS)
        if tied:
            self.head.weight = self.embedding.weight
        self.before, self.after = nn.Dropout(dropout[0]), nn.Dropout(dropout[1])

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002  see above
        output, _ = self.gru(self.before(self.embedding(x)))
        return self.head(self.narrow(self.after(output)))


SETTINGS: dict[str, Any] = {"epochs": 25, "lr": 1e-2, "batch_size": 64, "clip": 1.0}
GENTLE = SETTINGS | {"weight_decay": 1e-4, "patience": 3}


def _recipe(build: Callable[[], nn.Module], settings: dict[str, Any]) -> Recipe:
    def train_model(train: Split, val: Split) -> nn.Module:
        model = build()
        lab.fit(model, train, val, **settings, plot=False)
        return model

    return train_model


def _dropped() -> nn.Module:
    return NextWord(dropout=(0.4, 0.4))


def baseline(train: Split, val: Split) -> nn.Module:
    """What the learner starts from."""
    return _recipe(NextWord, SETTINGS)(train, val)


def reference(train: Split, val: Split) -> nn.Module:
    """Dropout at both ends, a little weight decay, the right moment to stop."""
    return _recipe(_dropped, GENTLE)(train, val)


def _sees_validation(train: Split, val: Split) -> nn.Module:
    lengths = torch.cat([train.lengths, val.lengths])
    everything = Split(torch.cat([train.x, val.x]), torch.cat([train.y, val.y]), lengths)
    return _recipe(NextWord, SETTINGS)(everything, val)


REPAIRS = [
    ("decay and stopping", _recipe(NextWord, GENTLE | {"weight_decay": 2e-4})),
    ("smaller", _recipe(lambda: NextWord(32, 32, (0.3, 0.3)), GENTLE)),
    ("tied weights", _recipe(lambda: NextWord(dropout=(0.4, 0.4), tied=True), GENTLE)),
    (
        "more dropout, less decay",
        _recipe(lambda: NextWord(dropout=(0.6, 0.6)), GENTLE | {"weight_decay": 5e-5}),
    ),
    # the closest: memorising is held back, but not for 25 epochs in every run
    ("dropout and decay, no stopping", _recipe(_dropped, SETTINGS | {"weight_decay": 1e-4})),
]
MISTAKES = [
    (
        "stopping-only",
        _recipe(NextWord, SETTINGS | {"patience": 3}),
        (
            "Early stopping alone gives back the epoch before memorising took over, and that is "
            "too early to know much. Slow the memorising down as well: weight decay, dropout."
        ),
    ),
    (
        "dropout-only",
        _recipe(_dropped, SETTINGS),
        (
            "Dropout alone slows memorising down, but 25 epochs are long: validation was best "
            "early on. Stop there, and hold the weights back."
        ),
    ),
    (
        "weight-decay-only",
        _recipe(NextWord, SETTINGS | {"weight_decay": 1e-4}),
        (
            "Weight decay alone makes memorising dearer, not impossible: validation was best early "
            "on. Stop there (`patience`)."
        ),
    ),
    (
        "tying-only",
        _recipe(lambda: NextWord(tied=True), SETTINGS),
        (
            "Tying the output to the embedding saves a third of the numbers, but the rest still "
            "learns the sentences by heart. Hold it back and stop in time."
        ),
    ),
    (
        "both-directions",
        _recipe(lambda: NextWord(bidirectional=True), GENTLE),
        (
            "Read backwards as well, the model has seen the next word before it is asked for it. "
            "A language model reads in one direction only."
        ),
    ),
    (
        "trains-on-validation",
        _sees_validation,
        (
            "The validation sentences were trained on too, so they measure nothing any more: on "
            "hidden sentences it is as lost as before. Keep validation out of training."
        ),
    ),
]
UNRELIABLE: list[tuple[str, Recipe, str]] = []
BONUS = [
    ("tied weights, nothing else", _recipe(lambda: NextWord(tied=True), SETTINGS | {"patience": 3}))
]

# What the lesson promises of single draws: validation perplexity over the bigram model's.
BANDS = {"baseline": {"val_over_bigram": (3.0, 10.0)}}
