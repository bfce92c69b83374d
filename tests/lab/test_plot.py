"""The panel redraws seldom, ends in a picture and a line, and shows itself only to somebody."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from torch import nn

from grader import lab
from grader.classroom.engine.outputs import Budget, OutputCollector
from grader.core.requests import Rows, Train
from grader.core.values import Tensor
from grader.lab import frontend, live_widgets, run_context, training_plot
from grader.lab.curves import CurveOptions
from grader.lab.training_history import Epoch, History, Step
from grader.wire import channels
from grader.wire.perform import Performer
from grader.wire.splits import Split
from grader.wire.values import from_object

HISTORY = History(
    [Epoch(n, 0.5 / n, 0.5, 80.0 + n, 70.0, n / 100) for n in range(1, 6)],
    Epoch(2, 0.25, 0.5, 82.0, 70.0, 0.02),
    "finished",
    restored=False,
)


class Output:
    """A display that a handle rewrites."""

    def __init__(self, content: Any) -> None:
        self.contents = [content]

    def update(self, content: Any, *, raw: bool) -> None:
        assert raw
        self.contents.append(content)


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[Output]:
    """What is displayed, in a notebook with a person whose clicks do not arrive."""
    shown: list[Output] = []

    def show(thing: Any, *, raw: bool = False) -> Output:
        shown.append(Output(thing))
        return shown[-1]

    monkeypatch.setattr(frontend, "show", show)
    monkeypatch.setattr(frontend, "kernel", object)
    monkeypatch.setattr(frontend, "has_person", lambda: True)
    monkeypatch.setattr(frontend, "hears_clicks", lambda: False)
    return shown


def test_a_run_leaves_one_picture_with_its_summary_and_no_controls(
    outputs: list[Output], small: Callable[..., nn.Module], splits: tuple[Split, Split]
) -> None:
    history = lab.fit(small(), *splits, epochs=3, title="Ours")
    picture, controls = outputs
    assert "■" in controls.contents[0]["text/plain"]
    assert controls.contents[-1] == {"text/html": "", "text/plain": ""}
    last = picture.contents[-1]
    assert last["text/html"].startswith("<svg")
    assert repr(history) in last["text/html"]
    assert last["text/plain"] == repr(history)
    assert "Ours" in last["text/html"]


def test_redraws_are_at_most_four_a_second(
    outputs: list[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
    records = [Epoch(n, 0.5, 0.5, 80.0, 70.0, n / 100) for n in range(1, 301)]
    with lab.LossPlot(300) as panel:
        for record in records:
            clock[0] = record.epoch / 100  # a hundred epochs a second, for three seconds
            panel.hear(Step(record.epoch, 1, 1))
            panel.hear(record)
        panel.finish(History(records, records[0], "finished", restored=False))
    assert len(outputs[0].contents) <= 1 + 3 * 4 + 1
    assert "about 1 s left" in outputs[0].contents[-3]["text/plain"]
    assert "100.0 epochs/s" in outputs[0].contents[-3]["text/plain"]


def test_stop_ends_the_run(outputs: list[Output], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "hears_clicks", lambda: True)
    with lab.LossPlot(5) as panel:
        assert panel.hear(Step(1, 1, 4)) is None
        row = panel._controls._live.widget  # type: ignore[union-attr]
        assert live_widgets.WIDGET_VIEW in outputs[1].contents[0]
        stop = row.children[0]
        stop.click()
        assert panel.hear(Step(1, 1, 4)) == "by hand"
    assert outputs[1].contents[1:] == [{"text/html": "", "text/plain": ""}]
    assert stop.comm is None


@pytest.mark.parametrize("stays", [True, False])
def test_switches_stay_only_where_no_dead_widget_is_saved(
    *, stays: bool, outputs: list[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontend, "hears_clicks", lambda: True)
    monkeypatch.setattr(live_widgets, "may_stay", lambda: stays)
    with lab.LossPlot(5) as panel:
        row = panel._controls._live.widget  # type: ignore[union-attr]
        panel.finish(HISTORY)
    assert ("log axis" in outputs[0].contents[-1]["text/html"]) is False
    if not stays:
        assert outputs[1].contents[-1] == {"text/html": "", "text/plain": ""}
        return
    assert [child.description for child in row.children] == ["log loss axis", "smooth curves"]
    row.children[0].value = True
    assert "loss, log axis" in outputs[0].contents[-1]["text/html"]
    row.children[1].value = True
    assert "thin: as measured" in outputs[0].contents[-1]["text/html"]
    kept = run_context.current().curve_options
    assert kept == CurveOptions(log_loss=True, smooth=True)  # for the next run


def test_a_run_lies_behind_the_next_one_on_the_same_data(outputs: list[Output]) -> None:
    for data in ("a", "b", "a", "a", "a"):
        with lab.LossPlot(9, data=(data, "test")) as panel:
            panel.finish(HISTORY)
    pictures = [
        output.contents[-1]["text/html"]
        for output in outputs
        if output.contents[-1]["text/html"].startswith("<svg")
    ]
    behind = [picture.count('stroke-opacity="0.6" stroke-dasharray') for picture in pictures]
    # two thin validation curves for each run behind, and never more than two runs
    assert behind == [0, 0, 2, 4, 4]
    assert "the 2 runs before" in pictures[-1]


def test_a_graded_run_leaves_a_png_and_words(
    outputs: list[Output],
    small: Callable[..., nn.Module],
    splits: tuple[Split, Split],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(frontend.GRADING_VARIABLE, "autograde")
    history = lab.fit(small(), *splits, epochs=2, title="Ours $ & co")
    (shown,) = [output.contents[0] for output in outputs]
    tray = OutputCollector(100_000, Budget(100_000))
    tray.take("display_data", {"data": shown})
    (kept,) = tray.outputs()
    assert sorted(kept.data) == ["image/png", "text/plain"]
    assert kept.data["text/plain"] == repr(history)
    performer = Performer(lambda train, val: lab.fit(small(), train, val, epochs=1) and small())
    x, y = (from_object(part) for part in (splits[0].x, splits[0].y))
    assert isinstance(x, Tensor)
    assert isinstance(y, Tensor)
    performer.perform(Train(Rows(x, y), Rows(x, y)))
    assert len(outputs) == 1


def test_controls_go_also_when_training_fails(outputs: list[Output]) -> None:
    with pytest.raises(ZeroDivisionError), lab.LossPlot(5):
        _ = 1 / 0
    assert outputs[1].contents[-1] == {"text/html": "", "text/plain": ""}


def test_there_is_no_panel_without_a_notebook() -> None:
    assert training_plot.panel_for(3, None) is None


def test_a_graded_run_prints_and_a_check_shows_nothing(
    outputs: list[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert training_plot.panel_for(3, None) is not None
    with frontend.quiet():
        assert training_plot.panel_for(3, None) is None
    monkeypatch.setenv(frontend.GRADING_VARIABLE, "autograde")
    assert isinstance(training_plot.panel_for(3, None), training_plot.PrintedPlot)
    with frontend.quiet():
        assert training_plot.panel_for(3, None) is None
    monkeypatch.delenv(frontend.GRADING_VARIABLE)
    monkeypatch.setattr(channels, "current", object)
    assert isinstance(training_plot.panel_for(3, None), training_plot.PrintedPlot)
