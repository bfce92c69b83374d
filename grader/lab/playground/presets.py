"""The stories that a small recurrent layer can tell: weights and readings, each with its words.

Blocks of weights are stacked as PyTorch stacks them: GRU r, z, n; LSTM i, f, g, o.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from grader.lab.views.layer_parts import BLOCKS


@dataclass(frozen=True)
class Block:
    """One block's weights for one hidden number: C and H numbers, and two biases."""

    w_ih: tuple[float, ...] = (0.0,)
    w_hh: tuple[float, ...] = (0.0,)
    b_ih: float = 0.0
    b_hh: float = 0.0


@dataclass(frozen=True)
class Preset:
    """A layer's weights, T readings of C numbers each, and what is to be seen.

    `blocks` holds H blocks for each name of `BLOCKS[kind]`; a name that is missing has zeros.
    """

    kind: str
    name: str
    story: str
    x: tuple[tuple[float, ...], ...]
    blocks: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)

    @property
    def hidden(self) -> int:
        """H, the numbers of the state."""
        return max(len(blocks) for blocks in self.blocks.values())

    @property
    def channels(self) -> int:
        """C, the numbers of a reading."""
        return len(self.x[0])

    def weights(self) -> dict[str, list[list[float]] | list[float]]:
        """PyTorch's four tensors as lists: w_ih (blocks·H, C), w_hh (blocks·H, H), b_ih, b_hh."""
        none = (Block((0.0,) * self.channels, (0.0,) * self.hidden),) * self.hidden
        rows = [row for name in BLOCKS[self.kind] for row in self.blocks.get(name, none)]
        return {
            "w_ih": [list(row.w_ih) for row in rows],
            "w_hh": [list(row.w_hh) for row in rows],
            "b_ih": [row.b_ih for row in rows],
            "b_hh": [row.b_hh for row in rows],
        }


def _single(readings: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    return tuple((reading,) for reading in readings)


_ONCE = _single((1.0, *(0.0,) * 11))
_TINY = _single((0.002, *(0.0,) * 11))
_FAINT = _single((1.0, 0.1, -0.1, 0.0, 0.1, -0.2, 0.0, 0.1, -0.1, 0.2, 0.0, -0.1))
_PULSES = _single((0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0))
_READINGS = (-0.4, 0.8, -0.9, 0.3, 0.6, -0.2, 0.9, -0.7, 0.5, -0.5, 0.2, 0.7)
_SIGNALLED = tuple((x, 1.0 if step in {2, 8} else 0.0) for step, x in enumerate(_READINGS, start=1))

_RNN = (
    Preset(
        "rnn",
        "Forgets",
        "One reading, then nothing. With W_hh = 0.5 less than half of the state comes through each "
        "step, and of the gradient on its way back, too. Push W_hh up towards 1.",
        _ONCE,
        {"h": (Block((1.0,), (0.5,)),)},
    ),
    Preset(
        "rnn",
        "Keeps",
        "W_hh = 1 hands the state on nearly as it is, as long as the numbers are small: only there "
        "is the tanh a straight line. Make the first reading larger by W_ih and see it wear down.",
        _ONCE,
        {"h": (Block((0.2,), (1.0,)),)},
    ),
    Preset(
        "rnn",
        "Latches",
        "A reading of +1 sets the state, -1 turns it over, zeros leave it: W_hh = 2 pushes it "
        "against the end of the tanh. It holds, but look at the gradient: training hardly feels "
        "what was read before the last turn.",
        _single((0.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)),
        {"h": (Block((3.0,), (2.0,)),)},
    ),
    Preset(
        "rnn",
        "Explodes",
        "A reading of 0.002 and nothing else. W_hh = 1.6 makes more of it at each step, and of the "
        "gradient, too, until the tanh bends. Turn the first reading to 0, then to -0.1.",
        _TINY,
        {"h": (Block((1.0,), (1.6,)),)},
    ),
    Preset(
        "rnn",
        "Goes round",
        "Two numbers that hand the state to each other: W_hh turns it by an eighth of a circle at "
        "each step. The step at which the one reading came can be read from where it stands.",
        _single((0.5, *(0.0,) * 11)),
        {"h": (Block((1.0,), (0.75, -0.75)), Block((0.0,), (0.75, 0.75)))},
    ),
)
_GRU = (
    Preset(
        "gru",
        "Forgets",
        "Gates without weights stand at one half: half of the state stays, half is written anew. "
        "After a few steps the first reading is gone. Push b_iz up and see it stay.",
        _ONCE,
        {"n": (Block((1.0,)),)},
    ),
    Preset(
        "gru",
        "Keeps",
        "The update gate z follows the reading: a large one closes it and is written; small ones "
        "leave it at nearly 1, and the state stays. Lower b_iz until it leaks.",
        _FAINT,
        {"z": (Block((-12.0,), b_ih=6.0),), "n": (Block((1.0,)),)},
    ),
    Preset(
        "gru",
        "Latches",
        "A second input says when: at 1 the gate z closes and the reading of that step is written; "
        "at 0 the state stays, whatever is read. Click into the second row to write elsewhere.",
        _SIGNALLED,
        {"z": (Block((0.0, -12.0), b_ih=6.0),), "n": (Block((2.0, 0.0)),)},
    ),
    Preset(
        "gru",
        "Explodes",
        "With z near 0 and r near 1 a GRU is a plain RNN, and W_hn = 1.8 makes more of a tiny "
        "reading at each step. The gradient explodes with it: gates can stop that, but need not.",
        _TINY,
        {"r": (Block(b_ih=4.0),), "z": (Block(b_ih=-4.0),), "n": (Block((1.0,), (1.8,)),)},
    ),
)
_OPEN = (Block(b_ih=4.0),)
_LSTM = (
    Preset(
        "lstm",
        "Forgets",
        "Gates without weights stand at one half: at each step the forget gate f lets half of the "
        "memory c through. Push b_if up and see it stay.",
        _ONCE,
        {"g": (Block((1.0,)),)},
    ),
    Preset(
        "lstm",
        "Keeps",
        "A large reading opens the input gate i and is added to the memory c; the forget gate f "
        "stands near 1 and hands it on. Lower b_if until it leaks.",
        _FAINT,
        {
            "i": (Block((12.0,), b_ih=-6.0),),
            "f": (Block(b_ih=6.0),),
            "g": (Block((1.0,)),),
            "o": _OPEN,
        },
    ),
    Preset(
        "lstm",
        "Latches",
        "A second input says when: at 1 it opens i and closes f, and the reading takes the "
        "memory's place; at 0 the memory stays. Click into the second row to write elsewhere.",
        _SIGNALLED,
        {
            "i": (Block((0.0, 12.0), b_ih=-6.0),),
            "f": (Block((0.0, -12.0), b_ih=6.0),),
            "g": (Block((2.0, 0.0)),),
            "o": (Block((0.0, 0.0), b_ih=4.0),),
        },
    ),
    Preset(
        "lstm",
        "Counts",
        "With i and f open each pulse adds nearly 1 to the memory c, which no tanh holds back. The "
        "state h stays below 1, so the count stands in c. Add a pulse; make one -1.",
        _PULSES,
        {"i": (Block(b_ih=8.0),), "f": (Block(b_ih=8.0),), "g": (Block((3.0,)),), "o": _OPEN},
    ),
    Preset(
        "lstm",
        "Explodes",
        "With f near 0 and i, o near 1 nothing is handed on by c; W_hg = 1.8 makes more of a tiny "
        "reading at each step, and of the gradient. Push b_if up: the memory takes over.",
        _TINY,
        {"i": _OPEN, "f": (Block(b_ih=-4.0),), "g": (Block((1.0,), (1.8,)),), "o": _OPEN},
    ),
)
PRESETS: Mapping[str, tuple[Preset, ...]] = MappingProxyType(
    {"rnn": _RNN, "gru": _GRU, "lstm": _LSTM}
)
