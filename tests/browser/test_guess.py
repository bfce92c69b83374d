"""A guess is drawn with the pointer, or straight by two numbers."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.panel_page import SCREENSHOTS, open_panel
from grader.lab.guessed_curve import POINTS, whole
from tests.browser.accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ASKED = {"title": "Your guess: validation accuracy of baseline", "epochs": 50, "points": POINTS}
EMPTY: dict[str, Any] = {"values": [], "said": "No guess for baseline yet."}


def press(content: dict[str, Any]) -> dict[str, Any]:
    return {"values": list(whole(content["values"])), "said": "noted"}


def test_a_curve_is_drawn_with_the_pointer(browser: Browser) -> None:
    page = open_panel(browser, "guess.js", ASKED, EMPTY, press=press)
    box = page.locator(".course-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share, height in ((0.25, 0.25), (1.0, 0.25)):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + height * box["height"])
    page.mouse.up()
    expect(page.get_by_role("status")).to_have_text("noted")
    (sent,) = page.evaluate("window.sent")
    values = sent["values"]
    assert values[0] == pytest.approx(50, abs=2)
    assert values[POINTS // 4] == pytest.approx(75, abs=2)
    assert values[-1] == pytest.approx(75, abs=2)
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_two_numbers_suffice_and_all_can_use_it(browser: Browser, theme: str) -> None:
    page = open_panel(browser, "guess.js", ASKED, EMPTY, press=press, theme=theme)
    straight = page.get_by_role("button", name="Draw it straight")
    straight.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Write two percents from 0 to 100 first.")
    page.get_by_role("spinbutton", name="after epoch 50, %").fill("90")
    straight.press("Enter")
    expect(page.get_by_role("status")).to_have_text("noted")
    (sent,) = page.evaluate("window.sent")
    assert (sent["values"][0], sent["values"][-1]) == (50, 90)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"guess-{theme}.png", full_page=True)
    assert violations(page) == []
    page.close()
