"""The training panel in a real JupyterLab: Stop, switches, what a restart and a reload leave."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import nbformat
import pytest
from playwright.sync_api import Page, expect

from benchmarks.kernels import OLDEST, use
from tests.browser.menus import save, wait_for_subshells
from tests.waiting import HANGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SECONDS = HANGS * 1000
RUN = """
import torch
from torch import nn
from grader import lab

split = lab.Split(torch.randn(640, 4, 3), torch.arange(640) % 2)
model = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
history = lab.fit(model, split, split, epochs=100_000, title="Endless")
"""


class Watched(Protocol):
    """What `conftest.Watch` holds."""

    errors: list[str]
    elsewhere: list[str]


OpenLab = Callable[[Path], tuple[Page, Watched]]


def course(tmp_path: Path, *cells: str) -> Path:
    """A released unit of these code cells."""
    home = tmp_path / "course"
    folder = home / "notebooks/01_tiny"
    folder.mkdir(parents=True)
    (home / "data").mkdir()
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
    notebook.cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in cells]
    nbformat.write(notebook, folder / "tiny.ipynb")
    (folder / "unit.json").write_text(json.dumps({"schema": 1, "release": "aaa111"}))
    return home


def menu(page: Page, name: str, entry: str) -> None:
    page.get_by_role("menuitem", name=name, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def restart(page: Page) -> None:
    page.locator("[data-jp-item-name=restart]").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def reload(page: Page) -> None:
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=SECONDS)
    page.get_by_text("| Idle").wait_for(timeout=SECONDS)


def saved(home: Path) -> str:
    return (home / "my-work/01_tiny/tiny.ipynb").read_text()


@pytest.mark.parametrize("ipykernel", [None, OLDEST], ids=["pinned", OLDEST])
def test_stop_switches_interrupt_restart_and_reload(
    ipykernel: str | None, tmp_path: Path, open_lab: OpenLab
) -> None:
    home = course(tmp_path, RUN, "print(history.stopped, history.restored)")
    use(ipykernel, home)
    page, watch = open_lab(home)
    menu(page, "Run", "Run All Cells")
    progress = page.get_by_role("progressbar", name="epochs done")
    progress.wait_for(timeout=SECONDS)
    page.get_by_text("epochs/s").wait_for(timeout=SECONDS)
    wait_for_subshells(page)
    page.get_by_label("log loss axis").check()
    page.get_by_text("loss, log axis").wait_for()  # redrawn while the cell is busy
    shoot(page, "plot-running")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("by hand True").wait_for()  # the next cell ran: the run is over
    summary = page.get_by_text("stopped by hand; best weights")
    expect(summary).to_have_count(1)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    page.get_by_label("smooth curves").check()
    page.get_by_text("thin: as measured").wait_for()  # after the run too
    save(page)
    assert "stopped by hand; best weights" in saved(home)
    assert "widget" not in saved(home)
    restart(page)
    expect(page.get_by_label("smooth curves")).not_to_be_visible()  # a dead switch is no switch
    expect(summary).to_have_count(1)
    reload(page)
    expect(summary).to_have_count(1)
    expect(page.locator(".jp-OutputArea svg[role=img]")).to_have_count(1)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    shoot(page, "plot-reloaded")
    menu(page, "Run", "Run All Cells")
    page.get_by_text("epochs/s").wait_for(timeout=SECONDS)
    page.locator("[data-jp-item-name=interrupt]").click()  # ■ always works
    page.get_by_text("by hand True").wait_for()
    assert (watch.errors, watch.elsewhere) == ([], [])
