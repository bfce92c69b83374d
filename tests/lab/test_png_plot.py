"""The PNG of a graded run: small, with its words, and drawn without a learner's settings."""

import base64
import io
import math

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from grader.lab.curves import ACCURACY, PERPLEXITY, CurveMetric, in_words
from grader.lab.png_plot import png
from grader.lab.training_history import Epoch, History


def history(*, val: bool = True, loss: float = 0.5) -> History:
    records = [
        Epoch(n, loss / n, loss if val else math.nan, 80 + n, 75 if val else math.nan, n)
        for n in range(1, 4)
    ]
    return History(records, records[1], "finished", restored=True)


def opened(picture: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(picture, validate=True)))


@pytest.mark.parametrize("measure", [ACCURACY, PERPLEXITY])
def test_a_run_is_a_small_png_that_holds_its_words(measure: CurveMetric) -> None:
    run = history()
    picture = png(run, "Mine", measure)
    image = opened(picture)
    assert image.format == "PNG"
    assert image.width > 2 * image.height
    assert image.info["Description"] == in_words(run.records, "Mine", run.best, measure)
    assert len(picture) < 60_000


@pytest.mark.parametrize(
    "run",
    [history(val=False), history(loss=1000.0), history(loss=math.inf), history(loss=math.nan)],
)
def test_a_run_without_numbers_to_draw_is_drawn(run: History) -> None:
    """No validation split, a perplexity beyond floats, a loss that is none."""
    assert opened(png(run, "", PERPLEXITY)).size == opened(png(history(), "", PERPLEXITY)).size


def test_a_title_is_words_and_no_formula() -> None:
    assert opened(png(history(), r"cost in $ and $\frac{", ACCURACY)).width > 0


def test_same_run_same_bytes_whatever_figures_are_open() -> None:
    before = png(history(), "Mine", ACCURACY)
    figure = plt.figure()
    try:
        assert png(history(), "Mine", ACCURACY) == before
        assert plt.get_fignums() == [figure.number]
        assert mpl.rcParams["figure.figsize"] == mpl.rcParamsDefault["figure.figsize"]
    finally:
        plt.close(figure)
