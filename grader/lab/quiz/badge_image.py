"""The badge as a picture: a seal with the unit's name, made from the record alone."""

import math

from grader.lab.svg import BLUE, Drawing, drawing, text


def badge(unit: str, problems: int, day: str) -> Drawing:
    """The mastery badge of a unit (`gru`), earned on `day` with all of its `problems` right."""
    x, y = 75.0, 75.0
    teeth = [
        f"{x + radius * math.cos(angle):.1f} {y + radius * math.sin(angle):.1f}"
        for n in range(48)
        for radius, angle in [(64.0 if n % 2 else 57.0, math.pi * n / 24)]
    ]
    alt = (
        f"Badge: {unit.upper()} mastery. All {problems} problems of the challenge right, each "
        f"within two attempts, on {day}."
    )
    seal = f'fill="{BLUE}" fill-opacity="0.2" stroke="{BLUE}" stroke-width="2"'
    return drawing(
        520,
        150,
        alt,
        [
            f'<path d="M{"L".join(teeth)}Z" {seal}/>',
            f'<circle cx="{x}" cy="{y}" r="47" fill="none" stroke="{BLUE}"/>',
            text(x, y - 14, "★" * problems, anchor="middle", size=13),
            text(x, y + 9, unit.upper(), anchor="middle", weight="bold", size=20),
            text(x, y + 27, "mastery", anchor="middle", size=12),
            text(158, 62, f"{unit.upper()} mastery", weight="bold", size=18),
            text(158, 84, f"all {problems} problems right, each within two attempts"),
            text(158, 104, day),
        ],
    )
