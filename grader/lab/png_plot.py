"""The picture of a run as a PNG, where HTML is not kept: nbgrader's feedback on a graded run.

Drawn by matplotlib without pyplot, so that a learner's own figures and settings stay as they are.
"""

import base64
import io

from grader.lab.curves import CurveMetric, in_words
from grader.lab.svg import BLUE, ORANGE
from grader.lab.training_history import History


def png(history: History, title: str, measure: CurveMetric) -> str:
    """Give the picture in base64, about 30 kB, with its words as the file's description."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    records = history.records
    epochs = [record.epoch for record in records]
    figure = Figure(figsize=(7.5, 2.7), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(epochs, [record.train_loss for record in records], color=ORANGE, label="training")
    left.plot(epochs, [record.val_loss for record in records], "--", color=BLUE, label="validation")
    right.plot(epochs, [measure.train(record) for record in records], color=ORANGE)
    right.plot(epochs, [measure.val(record) for record in records], "--", color=BLUE)
    for value, words in measure.goals:
        right.axhline(value, color="black", linestyle=":", linewidth=1)
        right.annotate(words, (0.02, value), xycoords=("axes fraction", "data"), fontsize=7)
    for axes in (left, right):
        axes.axvline(history.best.epoch, color="0.8", zorder=0)
        axes.set_xlabel(f"epoch (best: {history.best.epoch})")
    left.set_title("loss", loc="left", fontsize=9)
    right.set_title(measure.heading, loc="left", fontsize=9)
    left.legend(frameon=False, fontsize=8)
    figure.suptitle(title, fontsize=10, parse_math=False)
    file = io.BytesIO()
    metadata = {"Description": in_words(records, title, history.best, measure)}
    FigureCanvasAgg(figure)
    figure.savefig(file, format="png", metadata=metadata)
    return base64.b64encode(file.getvalue()).decode("ascii")
