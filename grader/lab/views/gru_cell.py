"""The data flow of one GRU step."""

from grader.lab.svg import ORANGE, Drawing, arrow, box, drawing, text

_THIN = 'stroke="currentColor" fill="none"'


def show_gru_cell() -> Drawing:
    """Draw one step of a GRU: the old state through the update gate, the candidate beside it.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Example:
        >>> lab.show_gru_cell()
        One step of a GRU. The old state h runs along the top, ...
    """
    alt = (
        "One step of a GRU. The old state h runs along the top, is multiplied by the update gate z "
        "and becomes part of the new state. From below comes the candidate n, multiplied by 1 - z; "
        "the two are added. Three boxes read x and h: the reset gate r, which lets the candidate "
        "see the old state or not (it is multiplied onto the old state's product W h + b), the "
        "candidate n and the update gate z."
    )
    parts = [
        text(8, 44, "old state h"),
        arrow(82, 40, 470, 40),
        *_knot(484, 40, "×"),
        arrow(498, 40, 606, 40),
        *_knot(620, 40, "+"),
        arrow(634, 40, 688, 40),
        text(694, 44, "new state"),
        text(508, 30, "the part kept", size=11),
        *_box(110, 150, 120, "r  reset", "sigmoid"),
        *_box(290, 150, 120, "n  candidate", "tanh"),
        *_box(470, 150, 120, "z  update", "sigmoid"),
    ]
    for middle in (170, 350, 530):
        parts.append(arrow(middle, 236, middle, 202))
        parts.append(text(middle, 252, "x", anchor="middle"))
    # h reaches each box from the line above; on its way to n it passes the reset gate
    parts += [
        arrow(140, 40, 140, 150),
        text(146, 84, "h", size=11),
        arrow(320, 40, 320, 58),
        f'<rect x="286" y="58" width="68" height="22" rx="4" {_THIN}/>',
        text(320, 73, "W h + b", anchor="middle", size=11),
        arrow(320, 80, 320, 100),
        *_knot(320, 114, "×"),
        arrow(320, 128, 320, 150),
        f'<path d="M200 150V114H300" {_THIN}/>',
        arrow(300, 114, 306, 114),
        text(238, 108, "r", anchor="middle"),
        f'<path d="M484 150V60" {_THIN}/>',
        arrow(484, 60, 484, 54),
        text(476, 78, "z", anchor="end"),
        f'<path d="M440 40V126H505V144" {_THIN} stroke-dasharray="3 3"/>',
        arrow(505, 144, 505, 150),
        text(434, 84, "h", anchor="end", size=11),
        f'<path d="M380 150V112H600" {_THIN}/>',
        arrow(600, 112, 606, 112),
        *_knot(620, 112, "×"),
        f'<path d="M560 150V136H620V132" {_THIN}/>',
        arrow(620, 132, 620, 126),
        text(628, 146, "1 - z"),
        arrow(620, 98, 620, 54),
        text(640, 84, "the part let in", size=11),
    ]
    return drawing(770, 262, alt, parts)


def _knot(x: float, y: float, sign: str) -> list[str]:
    return [
        f'<circle cx="{x}" cy="{y}" r="14" fill="{ORANGE}" fill-opacity="0.25" '
        f'stroke="{ORANGE}" stroke-width="1.5"/>',
        text(x, y + 5, sign, anchor="middle", size=16),
    ]


def _box(x: float, y: float, width: float, words: str, below: str) -> list[str]:
    return [
        box(x, y, width, 50),
        text(x + width / 2, y + 22, words, anchor="middle", weight="bold"),
        text(x + width / 2, y + 40, below, anchor="middle", size=11),
    ]
