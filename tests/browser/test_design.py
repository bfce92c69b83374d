"""All panels look like one product: axe finds nothing in any of them, in either theme."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser
from torch import nn

from benchmarks.panel_page import SCREENSHOTS, open_panel
from grader import lab
from grader.lab import frontend
from grader.lab.page.panels import Panel
from tests.browser.accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]

Shown = dict[str, Any]


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Shown]]:
    """In a fresh unit: call it for what the last panel was made of."""
    folder = tmp_path / "02_gru"
    folder.mkdir()
    shutil.copy(ROOT / "notebooks/02_gru/unit.json", folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GRADER_DATA", str(ROOT / "data"))
    made: list[tuple[str, Panel]] = []
    first = Panel.__init__

    def remember(self: Panel, script: str, *given: Any) -> None:
        first(self, script, *given)
        made.append((script, self))

    monkeypatch.setattr(Panel, "__init__", remember)
    monkeypatch.setattr(Panel, "show", lambda *_given: None)
    monkeypatch.setattr(frontend, "can_show", lambda: True)
    monkeypatch.setattr(frontend, "has_panels", lambda: True)
    monkeypatch.setattr(frontend, "show", lambda *_given, **_names: None)

    def last() -> Shown:
        script, panel = made[-1]
        return {"script": script, "asked": panel.asked, "state": panel.state}

    yield last
    for _, panel in made:
        panel.close()


def quiz() -> None:
    """An item answered wrong, with a hint open."""
    unit = json.loads(Path("unit.json").read_text(encoding="utf-8"))
    right = unit["quiz"]["gru-practice-2"]["answer"]
    lab.answer("gru-practice-2", "b" if right == "a" else "a")
    lab.hint("gru-practice-2", 1)


def challenge() -> None:
    lab.challenge("gru")


def repair() -> None:
    lab.repair_lab("gru-repair")


def trace() -> None:
    torch.manual_seed(0)
    lengths = torch.tensor([4, 2, 6])
    lab.show_packing_trace(nn.GRU(2, 5, batch_first=True), torch.randn(3, 6, 2), lengths)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("make", [quiz, challenge, repair, trace], ids=lambda make: make.__name__)
def test_every_panel_can_be_seen_and_used_by_all(
    browser: Browser,
    shown: Callable[[], Shown],
    make: Callable[[], None],
    theme: str,
) -> None:
    make()
    page = open_panel(browser, **shown(), theme=theme)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"panel-{make.__name__}-{theme}.png", full_page=True)
    assert violations(page) == []
    page.close()
