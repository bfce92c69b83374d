"""A bidirectional layer over a sentence, and which row of `h_n` holds which direction."""

from collections.abc import Sequence

from grader.core.errors import UsageError
from grader.lab.svg import BLUE, ORANGE, Drawing, arrow, drawing, text

WORDS_AT_MOST = 12
LAYERS_AT_MOST = 6
_FORWARD, _BACKWARD = "forward", "backward"
_COLOURS = {_FORWARD: BLUE, _BACKWARD: ORANGE}
_LEFT, _WIDTH = 96.0, 560.0


def show_two_directions(words: Sequence[str], column: int | None = None) -> Drawing:
    """Draw both directions of a bidirectional layer over words, each with its last state.

    The number in a box is how many words that state has read.

    Args:
        words: sequence of 2 to 12 str.
        column: int, a word's index, from the end where negative: `output[:, column]` is framed.
            Default None: no frame.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are too few or too many words, or `column` is none of them.

    Example:
        >>> lab.show_two_directions(["the", "old", "ship"], column=-1)
        Two readers of the 3 words: the old ship. ... Framed is output[:, -1]: it has read ...
    """
    count = len(words)
    if not 2 <= count <= WORDS_AT_MOST:
        message = f"You gave {count} words. From 2 to {WORDS_AT_MOST} can be drawn side by side."
        raise UsageError(message)
    if column is not None and not -count <= column < count:
        message = f"You asked for column={column} of {count} words; they count from 0."
        raise UsageError(message)
    step = _WIDTH / count
    alt = (
        f"Two readers of the {count} words: {' '.join(words)}. The forward one goes from left to "
        f"right, so its states have read 1 to {count} words and its summary stands at the last "
        f"word. The backward one goes from right to left and its summary stands at the first word."
    )
    parts = [
        *_reader(_FORWARD, 52, step, [place + 1 for place in range(count)]),
        *_reader(_BACKWARD, 158, step, [count - place for place in range(count)]),
    ]
    for place, word in enumerate(words):
        middle = _middle(place, step)
        parts += [
            text(middle, 128, word, anchor="middle", size=_size(word, step)),
            arrow(middle, 112, middle, 90),
            arrow(middle, 138, middle, 156),
        ]
    parts.append(text(8, 258, "The number in a box: how many words this state has read.", size=11))
    if column is not None:
        place = column % count
        heard = f"{place + 1} from the left, {count - place} from the right"
        parts += _frame(place, step, f"output[:, {column}]: {heard}")
        alt += f" Framed is output[:, {column}]: it has read {heard}."
    return drawing(770, 268, alt, parts)


def _middle(place: int, step: float) -> float:
    return _LEFT + step * (place + 0.5)


def _size(word: str, step: float) -> int:
    """Words share one line: the longer they are, the smaller."""
    return max(8, min(12, int(1.75 * step / max(len(word), 1))))


def _reader(direction: str, top: float, step: float, read: Sequence[int]) -> list[str]:
    """One row of states, the arrows between them, and the summary where the reader ends."""
    box, last = min(38.0, step - 14), len(read) - 1
    forward = direction == _FORWARD
    end = last if forward else 0
    middle = top + 18
    parts = [text(8, middle + 4, direction, weight="bold")]
    for place, number in enumerate(read):
        x = _middle(place, step)
        parts.append(_state(x, top, box, str(number), direction, full=place == end))
        if place < last:
            here, there = x + box / 2, x + step - box / 2
            parts.append(arrow(here, middle, there, middle) if forward else "")
            parts.append("" if forward else arrow(there, middle, here, middle))
    name = "h_n[-2]" if forward else "h_n[-1]"
    if forward:
        x = _middle(last, step) + box / 2
        parts += [arrow(x, middle, 676, middle), text(682, middle - 2, "its summary:", size=11)]
        return [*parts, text(682, middle + 14, name, weight="bold")]
    x = _middle(0, step)
    parts += [arrow(x, top + 36, x, top + 56)]
    return [*parts, text(x - 14, top + 72, f"its summary: {name}", weight="bold")]


def _state(x: float, top: float, box: float, words: str, direction: str, *, full: bool) -> str:
    colour = _COLOURS[direction]
    return (
        f'<rect x="{x - box / 2:.1f}" y="{top}" width="{box:.1f}" height="36" rx="4" '
        f'fill="{colour}" fill-opacity="{0.55 if full else 0.18}" stroke="{colour}" '
        f'stroke-width="{3 if full else 1.2}"/>'
        + text(x, top + 22, words, anchor="middle", weight="bold" if full else "")
    )


def _frame(place: int, step: float, words: str) -> list[str]:
    """A dashed frame around both states of a word, and what it holds."""
    x = _LEFT + step * place
    middle = min(max(x + step / 2, 150.0), 620.0)
    return [
        f'<rect x="{x + 2:.1f}" y="40" width="{step - 4:.1f}" height="162" rx="6" fill="none" '
        'stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 4"/>',
        text(middle, 26, words, anchor="middle", weight="bold"),
    ]


def show_state_map(layers: int = 2) -> Drawing:
    """Draw which row of `h_n` (2 * layers, B, H) holds which layer and which direction.

    Args:
        layers: int from 1 to 6, the layer's num_layers. Default 2.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: `layers` is out of range.

    Example:
        >>> lab.show_state_map(1)
        The rows of h_n of one bidirectional layer: h_n[0] is layer 1, forward; ...
    """
    if not 1 <= layers <= LAYERS_AT_MOST:
        message = f"You asked for {layers} layers. From 1 to {LAYERS_AT_MOST} can be drawn."
        raise UsageError(message)
    rows = 2 * layers
    heads = ((20, "row"), (104, "from the end"), (212, "layer"), (304, "direction"))
    parts = [text(x, 20, words, size=11) for x, words in (*heads, (470, "has read"))]
    told = []
    for row in range(rows):
        layer, direction = row // 2 + 1, (_FORWARD, _BACKWARD)[row % 2]
        name = f"{layer}, top" if layer == layers else str(layer)
        parts += _map_row(row, rows, name, direction, top=layer == layers)
        told.append(f"h_n[{row}] is layer {layer}, {direction}")
    middle = 32 + 34 * (rows - 1)
    brace = f'<path d="M636 {middle - 28}h8v56h-8" stroke="currentColor" fill="none"/>'
    parts += [brace, text(652, middle - 2, "the summary:")]
    parts.append(text(652, middle + 14, "these two", weight="bold"))
    stacked = "one bidirectional layer" if layers == 1 else f"{layers} bidirectional layers"
    alt = f"The rows of h_n of {stacked}: {'; '.join(told)}. "
    alt += "The summary is made of the last two rows, forward and backward of the top layer."
    return drawing(770, 44 + 34 * rows, alt, parts)


def _map_row(row: int, rows: int, layer: str, direction: str, *, top: bool) -> list[str]:
    colour, y = _COLOURS[direction], 32 + 34 * row
    weight = "bold" if top else ""
    way = "→ first word to last" if direction == _FORWARD else "← last word to first"
    box = (
        f'<rect x="12" y="{y}" width="612" height="28" rx="4" fill="{colour}" '
        f'fill-opacity="{0.45 if top else 0.1}" stroke="{colour}" '
        f'stroke-width="{2 if top else 1}"/>'
    )
    cells = (
        (20, f"h_n[{row}]"),
        (104, f"h_n[{row - rows}]"),
        (212, layer),
        (304, direction),
        (470, way),
    )
    return [box, *[text(x, y + 19, words, weight=weight) for x, words in cells]]
