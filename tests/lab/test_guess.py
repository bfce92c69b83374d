"""A guessed curve is noted, drawn beside what happens, and told how far off it was."""

import math
from pathlib import Path
from typing import Any

import pytest

from grader import lab
from grader.core.errors import UsageError
from grader.lab import curves, frontend
from grader.lab.guess_record import guess_for, note_guess
from grader.lab.guessed_curve import POINTS, GuessedCurve, whole
from grader.lab.page.panels import Panel
from grader.lab.training_history import Epoch, History
from grader.lab.training_plot import LossPlot

Out = pytest.CaptureFixture[str]


def test_gaps_are_bridged_and_ends_go_on_level() -> None:
    drawn: list[float | None] = [None] * POINTS
    drawn[5], drawn[10] = 50.0, 60.0
    found = whole(drawn)
    assert found[:6] == (50.0,) * 6
    assert found[8] == 56.0
    assert found[10:] == (60.0,) * 11


@pytest.mark.parametrize("drawn", [[], [None] * POINTS, [50.0] * 3, [101.0] * POINTS, ["x"] * 21])
def test_what_is_no_curve_is_refused(drawn: list[Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        whole(drawn)


def test_a_guess_is_read_between_its_points() -> None:
    rising = GuessedCurve(41, tuple(float(5 * n) for n in range(POINTS)))
    assert [rising.at(epoch) for epoch in (1, 2, 3, 41, 99)] == [0.0, 2.5, 5.0, 100.0, 100.0]


def test_it_survives_a_restart_and_another_kind_of_file(folder: Path) -> None:
    assert guess_for("baseline") is None
    note_guess("baseline", GuessedCurve(50, (70.0,) * POINTS))
    assert guess_for("baseline") == GuessedCurve(50, (70.0,) * POINTS)
    assert guess_for("other") is None
    text = (folder / "progress.json").read_text()
    (folder / "progress.json").write_text(text.replace("70.0", '"much"'))
    assert guess_for("baseline") is None


def test_numbers_may_stand_for_a_drawing(folder: Path, capsys: Out) -> None:
    lab.guess("baseline", epochs=50)
    assert "No guess for baseline yet" in capsys.readouterr().out
    lab.guess("baseline", epochs=50, values=[50, 90, 80])
    assert "50% at first, 80% after epoch 50" in capsys.readouterr().out
    noted = guess_for("baseline")
    assert noted is not None
    assert noted.values[POINTS // 2] == 90.0
    lab.guess("baseline", epochs=50, values=[73])
    assert guess_for("baseline") == GuessedCurve(50, (73.0,) * POINTS)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"epochs": 0}, "epochs=0"),
        ({"epochs": 5, "values": []}, r"values=\[\]: expected percents"),
        ({"epochs": 5, "values": [120]}, r"values=\[120\]"),
    ],
)
def test_what_cannot_be_guessed_is_explained(given: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        lab.guess("baseline", **given)


def test_a_drawing_is_kept_and_nonsense_is_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panels: list[Panel] = []
    monkeypatch.setattr(frontend, "has_panels", lambda: True)
    monkeypatch.setattr(Panel, "show", lambda panel: panels.append(panel))  # noqa: PLW0108  a method is bound
    lab.guess("baseline", epochs=50)
    [panel] = panels
    assert panel.state["values"] == []
    drawn = [None] * (POINTS - 1) + [66.0]
    panel._handle_custom_msg({"press": "guess", "values": drawn}, [])
    assert panel.state["values"] == [66.0] * POINTS
    for nonsense in ("much", [1.0], [None] * POINTS, [math.inf] * POINTS):
        panel._handle_custom_msg({"press": "guess", "values": nonsense}, [])
        assert panel.state["values"] == [66.0] * POINTS
    panel.close()


def record(epoch: int) -> Epoch:
    return Epoch(epoch, 0.5, 0.6, 90.0, 72.0, 0.1 * epoch)


def test_the_plot_shows_both_and_says_how_far_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, str]] = []

    class Place:
        def update(self, bundle: dict[str, str], *, raw: bool) -> None:
            shown.append(bundle)

    note_guess("baseline", GuessedCurve(10, (85.0,) * POINTS))
    records = [record(epoch) for epoch in range(1, 11)]
    history = History(records, records[-1], "finished", restored=False)
    for title, guessed in (("baseline", True), ("other", False)):
        plot = LossPlot(10, title, place=Place())
        with plot:
            plot.finish(history)
        told = shown[-1]["text/plain"]
        assert ("you guessed 85% validation accuracy for epoch 10, it was 72.0%" in told) == guessed
        assert ("your guess" in shown[-1]["text/html"]) == guessed
    worded = LossPlot(10, "baseline", measure=curves.PERPLEXITY, place=Place())
    with worded:
        worded.finish(history)
    assert "your guess" not in shown[-1]["text/html"]


def test_a_graded_run_asks_nothing(
    folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontend, "is_graded", lambda: True)
    lab.guess("baseline", epochs=50, values=[60])
    assert capsys.readouterr().out == ""
    assert not (folder / "progress.json").exists()
