"""`guess`: draw a run's validation accuracy before it runs; its plot then shows both."""

from collections.abc import Sequence
from typing import Any

from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.cards import say
from grader.lab.guess_record import guess_for, note_guess
from grader.lab.guessed_curve import POINTS, GuessedCurve, whole


def guess(title: str, *, epochs: int, values: Sequence[float] | None = None) -> None:
    """Note how you expect a run's validation accuracy to go; its plot will show both.

    A panel to draw in, in JupyterLab as `grader lab` starts it. The run of that title (`lab.fit`
    with `title=`) draws the guess dotted and says at its end how far off it was. In a graded run it
    does nothing.

    Args:
        title: str, the title of the run.
        epochs: int, 1 or more: how many epochs the run will have.
        values: sequence of one or more float from 0 to 100, percent, evenly spaced from the first
            epoch to the last; one is a level line. Default None: what was drawn or noted before.

    Raises:
        UsageError: no epochs, or values that are no percents.

    Example:
        >>> lab.guess("baseline", epochs=50, values=[50, 85])
        Your guess for baseline: 50% at first, 85% after epoch 50. Now run it.
    """
    _check(epochs, values)
    if frontend.is_graded():
        return
    if values is not None:
        note_guess(title, GuessedCurve(epochs, _spread(values)))
    if not frontend.has_panels():
        say(_told(title))
        return
    from grader.lab.page.panels import Panel

    panel: Any = Panel("guess.js", _asked(title, epochs), _state(title))

    def pressed(content: dict[str, Any]) -> None:
        drawn = content.get("values")
        try:
            kept = GuessedCurve(epochs, whole(drawn if isinstance(drawn, list) else []))
        except (TypeError, ValueError):
            return
        note_guess(title, kept)
        panel.state = _state(title)

    panel.hear(pressed)
    panel.show()


def _check(epochs: int, values: Sequence[float] | None) -> None:
    if epochs < 1:
        message = f"epochs={epochs}: expected how many epochs the run will have, 1 or more."
        raise UsageError(message)
    if values is not None and not (len(values) and all(0 <= value <= 100 for value in values)):
        message = f"values={list(values)}: expected percents from 0 to 100, such as [50, 85]."
        raise UsageError(message)


def _spread(values: Sequence[float]) -> tuple[float, ...]:
    """The values over POINTS places, on straight lines between them."""
    given = [float(value) for value in values] * (2 if len(values) == 1 else 1)
    drawn = []
    for place in range(POINTS):
        at = place * (len(given) - 1) / (POINTS - 1)
        left = min(int(at), len(given) - 2)
        drawn.append(given[left] + (at - left) * (given[left + 1] - given[left]))
    return whole(drawn)


def _asked(title: str, epochs: int) -> dict[str, Any]:
    return {
        "title": f"Your guess: validation accuracy of {title}",
        "epochs": epochs,
        "points": POINTS,
    }


def _state(title: str) -> dict[str, Any]:
    kept = guess_for(title)
    return {"values": list(kept.values) if kept else [], "said": _told(title)}


def _told(title: str) -> str:
    kept = guess_for(title)
    if kept is None:
        return f"No guess for {title} yet."
    first, last = kept.values[0], kept.values[-1]
    return (
        f"Your guess for {title}: {first:g}% at first, {last:g}% after epoch {kept.epochs}. "
        "Now run it."
    )
