"""The bar of a repair's check: it moves while `lab.fit` trains, and leaves a line a data set."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from torch import nn

from grader import lab
from grader.lab import check_progress, frontend
from grader.lab.check_progress import CheckBar
from grader.lab.training_history import Epoch
from grader.wire.splits import Split
from tests.lab.conftest import Output

RECORD = Epoch(3, 0.5, 0.5, 80.0, 70.0, 0.1)


@pytest.fixture(name="shown")
def _shown(monkeypatch: pytest.MonkeyPatch) -> list[Output]:
    """What is displayed, in a notebook; no redraw has to wait."""
    shown: list[Output] = []

    def show(content: Any, *, raw: bool = False) -> Output:
        assert raw
        shown.append(Output(content))
        return shown[-1]

    monkeypatch.setattr(frontend, "show", show)
    monkeypatch.setattr(frontend, "kernel", object)
    monkeypatch.setattr(check_progress, "SECONDS_BETWEEN_DRAWINGS", 0.0)
    return shown


def test_a_check_shows_one_bar_that_every_epoch_moves_and_no_curves(
    shown: list[Output], small: Callable[..., nn.Module], splits: tuple[Split, Split]
) -> None:
    with frontend.quiet(), CheckBar(2) as checking:
        for _ in range(2):
            lab.fit(small(), *splits, epochs=4)
            checking.trained(1.5)
        (output,) = shown
        moved = [content["text/html"] for content in output.contents]
        assert all("<progress" in content for content in moved)
        assert any("data set 2 of 2, epoch 3 of 4" in content for content in moved)
        assert 'value="1.50"' in "".join(moved)
    last = output.contents[-1]
    assert last["text/html"].count("<div") == 2
    assert "<progress" not in last["text/html"]
    first, second = last["text/plain"].splitlines()
    assert (first.strip(), second.strip()) == (
        "data set 1 of 2: trained in 1.5 s, up to about 2 s to go",
        "data set 2 of 2: trained in 1.5 s",
    )


def test_the_bar_is_drawn_at_most_four_times_a_second(
    shown: list[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_progress, "SECONDS_BETWEEN_DRAWINGS", 0.25)
    clock = iter(range(100))
    monkeypatch.setattr(time, "perf_counter", lambda: 10 + 0.1 * next(clock))
    with CheckBar(1):
        part = check_progress.part_for(50)
        assert part is not None
        for _ in range(20):
            part.hear(RECORD)
    assert 6 <= len(shown[0].contents) <= 10


def test_without_a_notebook_lines_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with CheckBar(3) as checking:
        part = check_progress.part_for(50)
        assert part is not None
        part.hear(RECORD)
        checking.trained(2.0)
    assert capsys.readouterr().out == "  data set 1 of 3: trained in 2.0 s, up to about 4 s to go\n"


def test_outside_of_a_check_there_is_no_bar() -> None:
    with pytest.raises(ZeroDivisionError), CheckBar(1):
        _ = 1 / 0
    assert check_progress.part_for(3) is None
