"""The picture of a training run as one SVG string: losses left; accuracy or perplexity right.

`plot.LossPlot` redraws it while a run goes on, so it must stay quick (a few milliseconds) and small
(some kilobytes), whatever the number of epochs. It shows nothing itself.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.lab.axes import BOTTOM, TOP, WIDTH, PlotArea, linear, logarithmic
from grader.lab.guessed_curve import GuessedCurve
from grader.lab.svg import BLUE, DOTTED, FAINT, ORANGE, drawing, text
from grader.lab.training_history import Epoch

POINTS_AT_MOST = 150
POINTS_OF_EARLIER = 60
LOSS_LEFT, MEASURE_LEFT = 44.0, 426.0
VAL_GOAL, TRAIN_CEILING = 85.0, 92.0
SMOOTHING = 0.3
"""How much of a smoothed curve's next point is the new epoch; the rest is what went before."""
# Letters of a title that fit beside the legend, without and with its words about thin lines or a
# guess, and beside both.
TITLE_LETTERS, TITLE_BESIDE_ONE, TITLE_BESIDE_BOTH = 68, 38, 20

_TRAIN = f'stroke="{ORANGE}" fill="none" stroke-width="2"'
_VAL = f'stroke="{BLUE}" fill="none" stroke-width="2" stroke-dasharray="7 4"'
_THIN_TRAIN = f'stroke="{ORANGE}" fill="none" stroke-opacity="0.6"'
_THIN_VAL = f'stroke="{BLUE}" fill="none" stroke-opacity="0.6" stroke-dasharray="7 4"'

_GUESS = 'stroke="currentColor" fill="none" stroke-width="2" stroke-dasharray="2 3"'

Value = Callable[[Epoch], float]


@dataclass(frozen=True)
class CurveMetric:
    """What the right-hand side shows: its heading, its two curves, and lines to stay on a side of.

    `spread` gives the axes for the values seen so far. `unit` stands behind a value in words.
    """

    name: str
    heading: str
    unit: str
    train: Value
    val: Value
    spread: Callable[[float, int, Sequence[float]], PlotArea]
    goals: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class CurveOptions:
    """How somebody wants to look at a run: the loss on a log axis, curves smoothed."""

    log_loss: bool = False
    smooth: bool = False


def perplexity(loss: float) -> float:
    """exp(loss); inf where that is no number any more."""
    return math.exp(loss) if loss < 50 else math.inf  # nan is not < 50, and is drawn as little


def _percent(left: float, last_epoch: int, values: Sequence[float]) -> PlotArea:
    """Up to 100; from a ten below all accuracies, and low enough for the goals."""
    lowest = min((value for value in values if math.isfinite(value)), default=50.0)
    return PlotArea(left, last_epoch, min(50.0, 10.0 * math.floor(lowest / 10)), 100.0)


ACCURACY = CurveMetric(
    "accuracy",
    "accuracy in % (eval mode)",
    "%",
    lambda record: record.train_accuracy,
    lambda record: record.val_accuracy,
    _percent,
    (
        (VAL_GOAL, f"val ≥ {VAL_GOAL:g}"),
        (TRAIN_CEILING, f"train < {TRAIN_CEILING:g}"),
    ),
)
PERPLEXITY = CurveMetric(
    "perplexity",
    "perplexity (log axis)",
    "",
    lambda record: perplexity(record.train_loss),
    lambda record: perplexity(record.val_loss),
    logarithmic,
)


def picture(
    records: Sequence[Epoch],
    *,
    last_epoch: int,
    title: str = "",
    best: Epoch | None = None,
    measure: CurveMetric = ACCURACY,
    earlier: Sequence[Sequence[Epoch]] = (),
    view: CurveOptions = CurveOptions(),
    guess: GuessedCurve | None = None,
) -> str:
    """Draw the run so far on an epoch axis that ends at `last_epoch`, with `best` marked.

    Runs in `earlier` lie behind it, thin and faint; a `guess` of the validation accuracy, dotted.
    """
    sides: list[tuple[PlotArea, str, Value, Value]] = []
    for left, heading, train, val, spread in [
        (LOSS_LEFT, "loss", _train_loss, _val_loss, logarithmic if view.log_loss else linear),
        (MEASURE_LEFT, measure.heading, measure.train, measure.val, measure.spread),
    ]:
        goals = [value for value, _ in measure.goals] if left == MEASURE_LEFT else []
        known = [value(record) for record in records for value in (train, val)]
        if left == MEASURE_LEFT and guess is not None:
            goals += guess.values
        panel = spread(left, last_epoch, [*known, *goals] if known else goals)
        log = ", log axis" if left == LOSS_LEFT and view.log_loss else ""
        sides.append((panel, heading + log, train, val))
    thin = bool(earlier) or view.smooth
    letters = (TITLE_LETTERS, TITLE_BESIDE_ONE, TITLE_BESIDE_BOTH)[thin + (guess is not None)]
    shown = title if len(title) <= letters else f"{title[: letters - 1]}…"
    parts = [text(44, 16, shown, weight="bold")]
    for panel, heading, _, _ in sides:
        parts += panel.edges(heading)
    for panel, _, train, val in sides:
        for run in earlier:
            epochs = [record.epoch for record in run]
            for value, style in ((train, _THIN_TRAIN), (val, _THIN_VAL)):
                values = [value(record) for record in run]
                parts.append(panel.curve(epochs, values, style, POINTS_OF_EARLIER))
    parts += _goals(sides[1][0], measure)
    parts += _guessed(guess, sides[1][0])
    epochs = [record.epoch for record in records]
    for panel, _, train, val in sides:
        for value, style, faint in ((train, _TRAIN, _THIN_TRAIN), (val, _VAL, _THIN_VAL)):
            values = [value(record) for record in records]
            if view.smooth:
                parts.append(panel.curve(epochs, values, faint, POINTS_AT_MOST))
                values = smoothed(values)
            parts.append(panel.curve(epochs, values, style, POINTS_AT_MOST))
    parts += _best(best, [(panel, val) for panel, _, _, val in sides])
    parts += _legend(earlier=bool(earlier), smooth=view.smooth, guess=guess is not None)
    width = max([750, *(745 + 6 * len(words) for _, words in measure.goals)])
    return drawing(width, 258, in_words(records, title, best, measure, len(earlier)), parts).svg


def _train_loss(record: Epoch) -> float:
    return record.train_loss


def _val_loss(record: Epoch) -> float:
    return record.val_loss


def smoothed(values: Sequence[float]) -> list[float]:
    """A running mean that forgets: each point is SMOOTHING of the new and the rest of the old."""
    result: list[float] = []
    mean = math.nan
    for value in values:
        if math.isfinite(value):
            mean = value if math.isnan(mean) else SMOOTHING * value + (1 - SMOOTHING) * mean
        result.append(mean if math.isfinite(value) else math.nan)
    return result


def in_words(
    records: Sequence[Epoch],
    title: str,
    best: Epoch | None,
    measure: CurveMetric = ACCURACY,
    earlier: int = 0,
) -> str:
    """The text alternative: what somebody who cannot see the curves needs."""
    name = f"{title}: " if title else ""
    if not records:
        return f"{name}training has begun, no epoch has ended yet."
    last = records[-1]
    epochs = "1 epoch" if len(records) == 1 else f"{len(records)} epochs"
    words = (
        f"{name}loss and {measure.name} by epoch, {epochs}. At the end training loss "
        f"{last.train_loss:.2f} and {measure.name} {measure.train(last):.1f}{measure.unit}"
    )
    if not math.isnan(last.val_loss):
        words += (
            f", validation loss {last.val_loss:.2f} and {measure.name} "
            f"{measure.val(last):.1f}{measure.unit}"
        )
    if best is not None and not math.isnan(best.val_loss):
        words += f". Lowest validation loss at epoch {best.epoch}"
    if earlier:
        words += ". Behind it, thin: " + (
            "the run before" if earlier == 1 else f"the {earlier} runs before"
        )
    return words + "."


def _guessed(guess: GuessedCurve | None, panel: PlotArea) -> list[str]:
    """What was guessed of the validation accuracy, dotted, as far as the run goes."""
    if guess is None:
        return []
    places = list(range(1, min(guess.epochs, panel.last_epoch) + 1))
    return [panel.curve(places, [guess.at(place) for place in places], _GUESS, POINTS_AT_MOST)]


def _goals(panel: PlotArea, measure: CurveMetric) -> list[str]:
    """The bars of a repair, dotted; their words stand beside the axes, where no curve is."""
    parts = []
    for value, words in measure.goals:
        y = panel.y(value)
        parts.append(f'<path d="M{panel.left:.0f} {y:.1f}h{WIDTH:.0f}" {DOTTED}/>')
        parts.append(text(panel.left + WIDTH + 5, y + 4, words, size=11))
    return parts


def _best(best: Epoch | None, sides: Sequence[tuple[PlotArea, Value]]) -> list[str]:
    """A line through both panels and a dot on each validation curve."""
    if best is None or math.isnan(best.val_loss):
        return []
    parts = []
    for panel, val in sides:
        x = panel.x(best.epoch)
        parts.append(f'<path d="M{x:.1f} {TOP:.0f}V{BOTTOM:.0f}" {FAINT}/>')
        parts.append(
            f'<circle cx="{x:.1f}" cy="{panel.y(val(best)):.1f}" r="4.5" fill="{BLUE}" '
            'stroke="currentColor"/>'
        )
    panel = sides[-1][0]
    late = best.epoch > panel.last_epoch / 2
    x = panel.x(best.epoch) + (-6 if late else 6)
    anchor = "end" if late else "start"
    parts.append(
        text(x, BOTTOM - 6, f"best: epoch {best.epoch}", anchor=anchor, size=11, clear=True)
    )
    return parts


def _legend(*, earlier: bool, smooth: bool, guess: bool) -> list[str]:
    parts = [
        f'<path d="M546 12h30" {_TRAIN}/>',
        text(582, 16, "training"),
        f'<path d="M642 12h30" {_VAL}/>',
        text(678, 16, "validation"),
    ]
    behind = [
        words for words, there in [("earlier runs", earlier), ("as measured", smooth)] if there
    ]
    if behind:
        parts.append(f'<path d="M318 12h30" {_THIN_TRAIN}/>')
        parts.append(text(354, 16, "thin: " + ", ".join(behind)))
    if guess:
        left = 546 - 115 if not behind else 190
        parts.append(f'<path d="M{left} 12h30" {_GUESS}/>')
        parts.append(text(left + 36, 16, "your guess"))
    return parts
