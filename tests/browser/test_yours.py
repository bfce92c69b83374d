"""The closing notebook with files of one's own, by keyboard: read, or told what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.panel_page import SCREENSHOTS
from tests.browser.test_lab import run_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNIT = "06_yours"

OpenUnit = Callable[[Path], tuple[Page, Any]]
UnitOf = Callable[[str, Callable[[list[Any]], list[Any]]], Path]


def _until_text(cells: list[Any]) -> list[Any]:
    """The notebook as far as sequences go."""
    end = next(place for place, cell in enumerate(cells) if cell.source.startswith("## Text"))
    return cells[:end]


def _own_folder(folder: Path) -> None:
    """Sixteen sequences of two classes; the second column alone tells them apart."""
    for name, sign in (("up", 1), ("down", -1)):
        (folder / name).mkdir(parents=True)
        for number in range(8):
            rows = [f"{step % 3},{sign * step}" for step in range(5 + number)]
            (folder / name / f"{number}.csv").write_text("\n".join(rows))


def _cell(page: Page, text: str) -> Locator:
    return page.locator(".jp-CodeCell", has_text=text)


def _shoot(page: Page, cell: Locator, name: str) -> None:
    cell.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / f"yours-{name}.png")


def test_a_folder_of_ones_own_by_keyboard(unit_of: UnitOf, open_unit: OpenUnit) -> None:
    """Written into the cell, run with Shift+Enter; then with a file that is no numbers."""
    folder = unit_of(UNIT, _until_text)
    _own_folder(folder / "calls")
    page, watch = open_unit(folder)
    reading = _cell(page, "lab.read_sequences(FOLDER)")
    reading.locator(".cm-line").first.click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.insert_text('FOLDER = "calls"')
    run_all(page)
    output = reading.locator(".jp-OutputArea")
    expect(output).to_contain_text(
        "16 sequences of 5 to 12 steps, 2 numbers a step; down: 8, up: 8"
    )
    _shoot(page, _cell(page, "commonest = train_split"), "trained")
    walked = _cell(page, "lab.walk(reader, begun")
    _shoot(page, walked, "inside")
    expect(walked.get_by_role("slider").first).to_be_visible()
    saved = _cell(page, "torch.save(").locator(".jp-OutputArea")
    expect(saved).to_contain_text("the loaded model gives the same scores: True")
    assert (folder / "mine.pt").is_file()
    (folder / "calls" / "up" / "3.csv").write_text("1,2\n3,high\n")
    reading.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(output).to_contain_text("line 2, holds 'high', which is no number")
    _shoot(page, reading, "refused")
    assert watch.elsewhere == []
