"""One recurrent layer drawn folded and unrolled over its steps."""

from grader.lab import svg
from grader.lab.svg import Drawing, arrow, drawing, text

BOXES_AT_MOST = 16


def show_unrolled(steps: int = 16, *, channels: int = 5, hidden: int | None = None) -> Drawing:
    """Draw a recurrent layer as one box with a loop, and unrolled: the same weights at each step.

    Args:
        steps: int, 1 or more; of more than 16 the middle ones are left out. Default 16.
        channels: int, how many numbers a step has, for the words. Default 5.
        hidden: int, how many numbers the state has, for the words. Default None: not said.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Example:
        >>> lab.show_unrolled(4, channels=8)
        A recurrent layer. Left: one box reads x of step t (8 numbers) and its own last state h. ...
    """
    shown: list[int | None] = list(range(1, steps + 1))
    if steps > BOXES_AT_MOST:
        shown = [*range(1, BOXES_AT_MOST - 2), None, steps - 1, steps]
    size = f"{hidden} numbers" if hidden else "the state"
    alt = (
        f"A recurrent layer. Left: one box reads x of step t ({channels} numbers) and its own last "
        f"state h. Right: the same box drawn {steps} times, once for each step from 1 to {steps}; "
        f"every box has the same weights and hands {size} to the next. After step {steps} a linear "
        "layer turns the last state into logits."
    )
    parts = [*_folded(), text(120, 20, f"the same box, used {steps} times", weight="bold")]
    for place, step in enumerate(shown):
        parts += _step(132 + 36 * place, step, last=step == steps)
    end = 132 + 36 * len(shown)
    parts += [text(end + 2, 88, "→ Linear"), text(end + 2, 104, "→ logits")]
    legend = "W  one set of weights: W_ih, W_hh, b_ih, b_hh · h  the state: all that travels"
    return drawing(790, 190, alt, [*parts, text(120, 180, legend, size=11)])


def _folded() -> list[str]:
    loop = "M62 80h18v-34h-66v34h8"
    return [
        text(14, 20, "one box", weight="bold"),
        _box(22, 64, 40, 34, "W"),
        f'<path d="{loop}m-5 -3l5 3l-5 3" stroke="currentColor" fill="none"/>',
        text(47, 40, "h", anchor="middle"),
        arrow(42, 130, 42, 100),
        text(42, 146, "x", anchor="middle"),
    ]


def _step(left: float, step: int | None, *, last: bool) -> list[str]:
    if step is None:
        return [text(left + 12, 86, "…", anchor="middle")]
    parts = [
        _box(left, 64, 24, 34, "W"),
        arrow(left + 12, 130, left + 12, 100),
        text(left + 12, 146, f"x{step}", anchor="middle", size=11),
    ]
    if not last:
        parts += [arrow(left + 24, 81, left + 36, 81), text(left + 30, 60, "h", anchor="middle")]
    return parts


def _box(x: float, y: float, width: float, height: float, words: str) -> str:
    middle = text(x + width / 2, y + height / 2 + 4, words, anchor="middle")
    return svg.box(x, y, width, height) + middle
