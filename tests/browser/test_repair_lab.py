"""A repair lab in a real JupyterLab: train, stop, take over as code; a restart breaks nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import nbformat
import pytest
from playwright.sync_api import Page, expect

from benchmarks.kernels import OLDEST, use
from tests.browser.menus import menu, save
from tests.waiting import HANGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
SECONDS = HANGS * 1000
GOOD = {
    "hidden size": "24",
    "on the input": "0.4",
    "before the head": "0.2",
    "learning rate": "0.005",
    "epochs": "60",
    "patience": "15",
}


class Watched(Protocol):
    """What `conftest.Watch` holds."""

    errors: list[str]
    elsewhere: list[str]


OpenLab = Callable[[Path], tuple[Page, Watched]]


@pytest.fixture
def unit_with_a_lab(tmp_path: Path) -> Path:
    """The first unit, cut down to its set-up, its repair lab and the answer cell."""
    home = tmp_path / "course"
    folder = home / "notebooks/01_rnn"
    shutil.copytree(ROOT / "notebooks/01_rnn", folder)
    (home / "data").symlink_to(ROOT / "data")
    notebook = nbformat.read(folder / "rnn.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    first = code[0]
    lab = next(cell for cell in code if "repair_lab" in cell.source)
    answer = next(cell for cell in code if cell.id == "rnn-repair-answer")
    notebook.cells = [first, lab, answer]
    nbformat.write(notebook, folder / "rnn.ipynb")
    return home


def fill(page: Page, values: dict[str, str]) -> None:
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)
        page.get_by_label(label, exact=True).press("Tab")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.mark.parametrize("ipykernel", [None, OLDEST], ids=["pinned", OLDEST])
def test_train_stop_take_over_restart_reload(
    ipykernel: str | None, unit_with_a_lab: Path, open_lab: OpenLab
) -> None:
    use(ipykernel, unit_with_a_lab)
    page, watch = open_lab(unit_with_a_lab)
    page.set_viewport_size({"width": 1280, "height": 1500})
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).wait_for(timeout=SECONDS)
    page.get_by_text("| Idle").wait_for(timeout=SECONDS)

    fill(page, {"epochs": "500", "between layers": "0.3"})
    page.get_by_text("does nothing here").wait_for()
    press(page, "Train")
    page.get_by_text("epochs/s").wait_for(timeout=SECONDS)
    shoot(page, "repair-lab-running")
    press(page, "Stop")
    page.get_by_role("cell", name="(stopped by hand)").wait_for()

    press(page, "Train")
    page.get_by_text("epochs/s").wait_for(timeout=SECONDS)
    page.locator("[data-jp-item-name=interrupt]").click()  # ■ reaches a run of the lab as well
    expect(page.get_by_role("cell", name="(stopped by hand)")).to_have_count(2, timeout=SECONDS)

    fill(page, GOOD | {"between layers": "0"})
    expect(page.get_by_text("does nothing here")).to_have_count(0)
    press(page, "Train")
    page.get_by_text("Training …").wait_for(state="hidden", timeout=SECONDS)
    shoot(page, "repair-lab")
    page.get_by_role("cell", name="✔ goal reached").wait_for()

    press(page, "Write into my answer cell")
    press(page, "Replace what stands there now?")
    page.get_by_text("Written into your answer cell").wait_for()
    answer = page.locator(".jp-CodeCell").last
    expect(answer).to_contain_text("settings = dict(epochs=60, lr=0.005")
    save(page)
    saved = (unit_with_a_lab / "my-work/01_rnn/rnn.ipynb").read_text()
    assert "widget" not in saved
    assert "lr=0.005" in saved
    page.locator("[data-jp-item-name=restart]").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.get_by_role("button", name="Train", exact=True)).not_to_be_visible()
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=SECONDS)
    page.get_by_role("cell", name="✔ goal reached").wait_for(timeout=SECONDS)
    expect(page.locator(".jp-OutputArea svg[role=img]")).to_have_count(1)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).wait_for(timeout=SECONDS)
    expect(page.get_by_role("cell", name="✔ goal reached")).to_have_count(1)  # from the record
    menu(page, "Settings", "Theme", "JupyterLab Dark")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    shoot(page, "repair-lab-dark")
    assert (watch.errors, watch.elsewhere) == ([], [])
