"""Two training runs side by side in a table."""

from grader.lab.curves import TRAIN_CEILING, VAL_GOAL
from grader.lab.training_history import History

_MARK = {True: "✔", False: "✘"}


class Comparison:
    """Two runs side by side, as a table."""

    def __init__(self, rows: list[tuple[str, str, str]]) -> None:
        self.rows = rows

    def _repr_html_(self) -> str:
        head, *body = self.rows
        top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
        lines = "".join(
            f'<tr><th scope="row" style="text-align:left">{name}</th>'
            f"<td>{one}</td><td>{two}</td></tr>"
            for name, one, two in body
        )
        return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"

    def __repr__(self) -> str:
        return "\n".join(f"{name:<30}{one:>12}{two:>12}" for name, one, two in self.rows)


def compare(before: History, after: History) -> Comparison:
    """Set two runs side by side, in the numbers of the weights that each model carries now.

    Args:
        before: History with a validation split.
        after: History with a validation split.

    Returns:
        Comparison, a table that a notebook shows at the end of a cell. ✔ and ✘ hold accuracies
        against the goal of a repair: training below 92%, validation at least 85%.

    Example:
        >>> epoch = lab.Epoch(1, 0.7, 0.9, train_accuracy=80.0, val_accuracy=75.0, seconds=2.5)
        >>> run = lab.History([epoch], epoch, "finished", restored=False)
        >>> print(str(lab.compare(run, run)).splitlines()[3])
        gap, points                            5.0         5.0
    """
    one, two = before.kept, after.kept

    train = [
        f"{e.train_accuracy:.1f} {_MARK[e.train_accuracy < TRAIN_CEILING]}" for e in (one, two)
    ]
    val = [f"{e.val_accuracy:.1f} {_MARK[e.val_accuracy >= VAL_GOAL]}" for e in (one, two)]
    return Comparison(
        [
            ("", "before", "after"),
            (f"training, % (below {TRAIN_CEILING:g})", train[0], train[1]),
            (f"validation, % (at least {VAL_GOAL:g})", val[0], val[1]),
            ("gap, points", f"{one.gap:.1f}", f"{two.gap:.1f}"),
            ("training loss", f"{one.train_loss:.2f}", f"{two.train_loss:.2f}"),
            ("validation loss", f"{one.val_loss:.2f}", f"{two.val_loss:.2f}"),
            ("weights of epoch", f"{one.epoch} of {len(before)}", f"{two.epoch} of {len(after)}"),
            ("seconds", f"{before.records[-1].seconds:.1f}", f"{after.records[-1].seconds:.1f}"),
        ]
    )
