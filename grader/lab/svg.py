"""Hand-written SVG: quick to draw, small in a notebook, readable in light and dark themes.

`curves` and `views.rnn` build on it. Words take the page's own text colour. The two data colours
keep a contrast of 3:1 on white and on black; pictures also differ by dash, fill or label.
"""

import html
from collections.abc import Sequence

ORANGE, BLUE = "#d55e00", "#3a8fd0"
FAINT = 'stroke="currentColor" stroke-opacity="0.25" fill="none"'
DOTTED = 'stroke="currentColor" stroke-opacity="0.7" fill="none" stroke-dasharray="2 3"'

# A rim in the page's own background, below the letters.
CLEAR = (
    ' style="paint-order:stroke;stroke:var(--jp-layout-color0,Canvas);stroke-width:4px;'
    'stroke-linejoin:round"'
)


class Drawing:
    """An SVG that a notebook shows, with the words for those who cannot see it."""

    def __init__(self, svg: str, alt: str) -> None:
        self.svg = svg
        self.alt = alt

    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return self.alt


def drawing(width: int, height: int, alt: str, parts: Sequence[str]) -> Drawing:
    """Put parts on a canvas of `width` × `height` that shrinks with the page."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        'width="100%" font-family="system-ui, sans-serif" font-size="12" fill="currentColor" '
        f'style="max-width:{width}px;height:auto;display:block;'
        'color:var(--jp-content-font-color1, currentColor)">'
        f"<title>{html.escape(alt)}</title>{''.join(parts)}</svg>"
    )
    return Drawing(svg, alt)


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    weight: str = "",
    size: int = 0,
    clear: bool = False,
) -> str:
    """Words at a point, in the page's text colour; `anchor` is start, middle or end.

    clear: nothing that lies behind strikes through them.
    """
    if not words:
        return ""
    extra = f' font-weight="{weight}"' if weight else ""
    extra += f' font-size="{size}"' if size else ""
    extra += f' text-anchor="{anchor}"' if anchor != "start" else ""
    extra += CLEAR if clear else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{extra}>{html.escape(words)}</text>'


def box(x: float, y: float, width: float, height: float) -> str:
    """A blue box with round corners; (x, y) is its upper left corner."""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="{BLUE}" '
        f'fill-opacity="0.25" stroke="{BLUE}" stroke-width="1.5"/>'
    )


def fitted_size(words: str, width: float, letter: float, small: float) -> int:
    """The font size in px for words on `width` px: 12 where it fits, at least 7.

    `letter` is the width in px of a letter at size 12, `small` that of one in units of its size.
    """
    if len(words) * letter < width:
        return 12
    return max(7, int(width / max(len(words), 1) / small))


def polyline(points: Sequence[tuple[float, float]], style: str) -> str:
    """A line through points; a dot where there is only one."""
    if len(points) == 1:
        x, y = points[0]
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" {style}/>'
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" {style}/>'


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """A horizontal or vertical arrow with a small head."""
    way_x, way_y = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    back_x, back_y = x2 - 5 * way_x, y2 - 5 * way_y
    head = (
        f"M{back_x - 3 * way_y:.1f} {back_y - 3 * way_x:.1f}L{x2:.1f} {y2:.1f}"
        f"L{back_x + 3 * way_y:.1f} {back_y + 3 * way_x:.1f}"
    )
    return (
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}{head}" stroke="currentColor" fill="none"/>'
    )
