"""Two models write side by side: words are pressed, the temperature moves, keys suffice."""

import pytest
import torch
from playwright.sync_api import Browser, expect
from torch import nn

from benchmarks.panel_page import SCREENSHOTS, open_panel
from grader.lab.playground.generation_panel import GenerationGuide
from tests.browser.accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = [
    *("<pad>", "<unk>", "<s>", "the", "price", "of", "oil", "rose", "fell"),
    *("he", "was", "a", "an", "old", "man", "again"),
]


class Reader(nn.Module):
    """A small language model with weights of a seed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.table = nn.Embedding(len(WORDS), 8)
        self.layer = nn.GRU(8, 16, batch_first=True)
        self.head = nn.Linear(16, len(WORDS))
        nn.init.normal_(self.head.weight, std=1.5)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.layer(self.table(x))[0])
        return scores


@pytest.fixture(name="guide")
def _guide() -> GenerationGuide:
    models = {"baseline": Reader(0), "your recipe": Reader(1)}
    return GenerationGuide(models, WORDS, "the price", ["the price of oil rose again"], 1.0)


def test_a_likely_word_is_appended_and_the_temperature_moves(
    browser: Browser, guide: GenerationGuide
) -> None:
    page = open_panel(browser, "generate.js", guide.asked(), guide.state(), press=guide.press)
    column = page.get_by_role("group", name="your recipe: likeliest next words")
    likely = column.locator("button:not(:disabled)").first
    word = likely.locator(".course-likely-word").text_content() or ""
    likely.press("Enter")
    box = page.get_by_role("textbox", name="beginning")
    expect(box).to_have_value(f"the price {word}")
    page.get_by_role("slider", name="temperature").fill("0")
    expect(column.locator(".course-figure").first).to_have_text("100%")
    lines = page.get_by_role("list", name="your recipe: sentences").locator("li")
    expect(lines).to_have_count(1)  # the likeliest word, every time
    expect(lines.first.locator(".course-given")).to_have_count(3)
    box.fill("a unicorn")
    box.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("unicorn")
    page.get_by_role("button", name="Start over").click()
    expect(box).to_have_value("")
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_seen_and_used_by_all(
    browser: Browser, guide: GenerationGuide, theme: str
) -> None:
    page = open_panel(browser, "generate.js", guide.asked(), guide.state(), theme=theme)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"generate-{theme}.png", full_page=True)
    assert violations(page) == []
    page.close()
