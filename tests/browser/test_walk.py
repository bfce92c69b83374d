"""The walk through one's own model, played: Python answers each change, the page shows it."""

from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, expect
from torch import nn

from benchmarks.panel_page import SCREENSHOTS, open_panel
from grader.lab.playground.walk_panel import ModelGuide
from grader.wire.splits import Split
from tests.browser.accessibility import violations
from tests.padded_reader import PaddedReader

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Reader(nn.Module):
    """Three channels to two scores."""

    def __init__(self, *, both: bool = False) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.GRU(3, 12, batch_first=True, bidirectional=both)
        self.head = nn.Linear(24 if both else 12, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.layer(x)[0].mean(dim=1))
        return scores


@pytest.fixture
def examples() -> Split:
    torch.manual_seed(1)
    return Split(torch.randn(40, 9, 3), torch.arange(40) % 2)


def test_a_changed_reading_moves_the_answer(browser: Browser, examples: Split) -> None:
    model = Reader().eval()
    guide = ModelGuide(model, examples, ["rumble", "hiss"])
    page = open_panel(browser, "walk.js", guide.asked(), guide.state(), press=guide.press)
    page.get_by_role("button", name="channel 1, step 4").click()
    page.get_by_role("slider", name="channel 1, step 4").fill("2")
    changed = examples.x[:1].clone()
    changed[0, 3, 1] = 2.0
    with torch.no_grad():
        share = float(model(changed).softmax(dim=1)[0, 1])
        state = model.layer(changed)[0][0]
        early = float(model(changed[:, :6]).softmax(dim=1)[0, 1])
    shares = page.locator(".course-answer .course-figure")
    expect(shares.nth(1)).to_have_text(f"{100 * share:.1f}%")
    unit = guide.meanings[0][0].unit
    row = page.get_by_role("group", name=f"unit {unit}", exact=True)
    row.locator(".course-number").nth(5).hover()
    expect(page.locator(".course-formula")).to_contain_text("(1 − z)·n + z·h")
    told = page.locator(".course-value").text_content() or ""
    value = float(told.replace("\N{MINUS SIGN}", "-"))
    assert value == pytest.approx(float(state[5, unit]), rel=1e-5)
    page.get_by_role("button", name="Go to step 6").click()
    expect(shares.nth(1)).to_have_text(f"{100 * early:.1f}%")
    expect(page.get_by_role("status").first).to_contain_text("if it ended here")
    page.get_by_role("button", name="Next example").press("Enter")
    expect(page.locator(".course-head")).to_contain_text("example 1 of 40, labelled hiss")
    page.close()


def test_two_directions_come_from_two_ends(browser: Browser, examples: Split) -> None:
    guide = ModelGuide(Reader(both=True), examples, ["rumble", "hiss"])
    page = open_panel(browser, "walk.js", guide.asked(), guide.state(), press=guide.press)
    page.get_by_role("button", name="Go to step 2").click()
    for direction, seen in (("forward", [0, 1]), ("backward", [7, 8])):
        unit = guide.meanings[direction == "backward"][0].unit
        row = page.get_by_role("group", name=f"unit {unit}, {direction}")
        waits = [
            node.get_attribute("data-waits") is None for node in row.locator(".course-number").all()
        ]
        assert [t for t, read in enumerate(waits) if read] == seen
    expect(page.get_by_role("status").first).to_contain_text("no answer yet")
    page.close()


@pytest.mark.parametrize("packs", [False, True], ids=["reads padding", "packs"])
def test_padding_is_pushed_behind_the_end(browser: Browser, examples: Split, packs: Any) -> None:
    """It moves the answer of the network that reads it, and not of the one that packs."""
    split = Split(examples.x, examples.y, torch.full((40,), 9))
    guide = ModelGuide(PaddedReader(packs=packs), split, ["rumble", "hiss"])
    page = open_panel(browser, "walk.js", guide.asked(), guide.state(), press=guide.press)
    share = page.locator(".course-answer .course-figure").first
    before = share.text_content() or ""
    page.get_by_role("slider", name="padding behind the end").fill("12")
    status = page.get_by_role("status").first
    expect(status).to_have_text("step 21 of 21: its answer with 12 zeros behind the end")
    if packs:
        expect(share).to_have_text(before)
    else:
        expect(share).not_to_have_text(before)
    row = page.get_by_role("group", name=f"unit {guide.meanings[0][0].unit}", exact=True)
    expect(row.locator(".course-number:not([data-waits])")).to_have_count(9 if packs else 21)
    page.screenshot(path=SCREENSHOTS / f"walk-padding-{packs}.png", full_page=True)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_seen_and_used_by_all(browser: Browser, examples: Split, theme: str) -> None:
    guide = ModelGuide(Reader(), examples, ["rumble", "hiss"])
    page = open_panel(browser, "walk.js", guide.asked(), guide.state(), theme=theme)
    page.get_by_role("button", name="channel 1, step 4").click()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"walk-{theme}.png", full_page=True)
    assert violations(page) == []
    page.close()
