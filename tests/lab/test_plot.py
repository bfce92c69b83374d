"""The panel redraws seldom, ends in a picture and a line, and shows itself only to somebody."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from torch import nn

from grader import lab
from grader.lab import frontend, plot
from grader.lab.history import Epoch, History, Step
from grader.wire import channel
from grader.wire.split import Split


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
    class Pressed:
        pressed = True
        widget = "button"
        closed = False

        def close(self) -> None:
            self.closed = True

    button = Pressed()
    monkeypatch.setattr(frontend, "hears_clicks", lambda: True)
    monkeypatch.setattr(plot, "StopButton", lambda: button)
    with lab.LossPlot(5) as panel:
        assert panel.hear(Step(1, 1, 4)) == "by hand"
    assert outputs[1].contents == ["button", {"text/html": "", "text/plain": ""}]
    assert button.closed


def test_controls_go_also_when_training_fails(outputs: list[Output]) -> None:
    with pytest.raises(ZeroDivisionError), lab.LossPlot(5):
        _ = 1 / 0
    assert outputs[1].contents[-1] == {"text/html": "", "text/plain": ""}


def test_there_is_no_panel_without_a_notebook() -> None:
    assert plot.panel_for(3, None) is None


def test_there_is_no_panel_while_graded_or_checked(
    outputs: list[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plot.panel_for(3, None) is not None
    with frontend.quiet():
        assert plot.panel_for(3, None) is None
    monkeypatch.setenv(frontend.GRADING_VARIABLE, "autograde")
    assert plot.panel_for(3, None) is None
    monkeypatch.delenv(frontend.GRADING_VARIABLE)
    monkeypatch.setattr(channel, "current", object)
    assert plot.panel_for(3, None) is None
