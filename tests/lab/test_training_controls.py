"""Stop and the two switches: a click sets a value and is remembered, and no dead button stays."""

from typing import Any

import pytest

from grader.lab import frontend, live_widgets, run_context
from grader.lab.curves import CurveOptions
from grader.lab.training_controls import HOW_TO_STOP, Controls, CurveSwitches, StopButton
from tests.lab.conftest import Output


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Output]:
    """What is displayed where clicks arrive."""
    outputs: list[Output] = []

    def show(thing: Any, *, raw: bool = False) -> Output:
        assert raw
        outputs.append(Output(thing))
        return outputs[-1]

    monkeypatch.setattr(frontend, "show", show)
    monkeypatch.setattr(frontend, "hears_clicks", lambda: True)
    return outputs


def test_a_click_on_stop_lasts_until_the_next_run() -> None:
    button = StopButton()
    states = [button.pressed]
    for act in (button.widget.click, button.widget.click, button.rearm):
        act()
        states.append(button.pressed)
    assert states == [False, True, True, False]


def test_a_switch_redraws_and_the_next_run_begins_as_it_was_left() -> None:
    seen: list[CurveOptions] = []
    switches = CurveSwitches(lambda: seen.append(run_context.current().curve_options))
    log, smooth = switches.widgets
    log.value = True
    smooth.value = True
    log.value = False
    assert seen == [CurveOptions(True, False), CurveOptions(True, True), CurveOptions(False, True)]
    assert CurveSwitches(lambda: None).view == switches.view == CurveOptions(False, True)


def test_where_no_click_arrives_words_stand_until_the_end(
    shown: list[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontend, "hears_clicks", lambda: False)
    run_context.current().curve_options = CurveOptions(log_loss=True)
    controls = Controls(lambda: None)
    assert (controls.pressed, controls.view) == (False, CurveOptions(log_loss=True))
    controls.end(whole=True)
    (line,) = shown
    assert [content["text/plain"] for content in line.contents] == [HOW_TO_STOP, ""]
    assert line.contents[1]["text/html"] == ""


@pytest.mark.parametrize(
    ("whole", "may_stay", "stays"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_switches_stay_beside_a_whole_picture_that_is_not_saved_with_them(
    *,
    whole: bool,
    may_stay: bool,
    stays: bool,
    shown: list[Output],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_widgets, "may_stay", lambda: may_stay)
    controls = Controls(lambda: None)
    (row,) = shown
    assert controls._live is not None
    stop, *switches = controls._live.widget.children
    stop.click()
    assert controls.pressed
    controls.end(whole=whole)
    assert stop.comm is None
    if stays:
        assert list(controls._live.widget.children) == switches
        assert len(row.contents) == 1
    else:
        assert live_widgets.WIDGET_VIEW not in row.contents[-1]
