"""`grader lab` in a real browser: the course's settings hold, and a notebook just runs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.request import Request, urlopen

import nbformat
import pytest
from playwright.sync_api import Page

from grader.classroom.working_copy import released_units
from tests.waiting import HANGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELLS = """
    const book = window.jupyterapp.shell.currentWidget.content
    const cells = [...book.widgets].filter(cell => cell.model.type === 'code')
"""
ALL_RAN = f"""() => {{
    {CELLS}
    const outputs = cells.flatMap(cell => cell.model.outputs.toJSON())
    const failed = outputs.some(out => out.output_type === 'error' || out.name === 'stderr')
    const asked = cells.filter(cell => cell.model.sharedModel.getSource().trim())
    return failed || asked.every(cell => cell.model.executionCount !== null)
}}"""
OUTPUTS = f"""() => {{
    {CELLS}
    return cells.flatMap(cell => cell.model.outputs.toJSON())
}}"""


# What comes of trainings is looked at where the solved notebooks run; here they need but happen.
FEW_ROWS = """\
from grader import lab
_fit = lab.fit
def _fit_few(model, train, val, **settings):
    few = slice(64)
    return _fit(model, train.rows(few), val if val is None else val.rows(few), **settings)
lab.fit = _fit_few"""


class Watched(Protocol):
    """What `conftest.Watch` holds."""

    errors: list[str]
    elsewhere: list[str]


OpenLab = Callable[[Path], tuple[Page, Watched]]
UnitOf = Callable[[str, Callable[[list[Any]], list[Any]]], Path]


def shoot(page: Page, name: str) -> None:
    """Keep a screenshot under build/screenshots."""
    page.screenshot(path=ROOT / "build" / "screenshots" / f"{name}.png")


@pytest.fixture
def tiny_course(tmp_path: Path) -> Path:
    """A released unit of three cells that say where they run."""
    home = tmp_path / "course"
    folder = home / "notebooks/01_tiny"
    folder.mkdir(parents=True)
    (home / "data").mkdir()
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# A tiny unit"),
        nbformat.v4.new_code_cell("import os\nfrom grader import lab\nos.environ['GRADER_DATA']"),
        nbformat.v4.new_markdown_cell("## The second heading"),
    ]
    nbformat.write(notebook, folder / "tiny.ipynb")
    (folder / "unit.json").write_text(json.dumps({"schema": 1, "release": "aaa111"}))
    return home


def run_all(page: Page) -> None:
    """Run ▸ Run All Cells, and wait until every code cell has run or one has failed.

    JupyterLab draws a cell out of sight when it has time to, so its model is asked.
    """
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(ALL_RAN, timeout=HANGS * 1000)


def test_a_learner_is_greeted_by_the_notebook_and_nothing_else(
    tiny_course: Path, users_home: Path, open_lab: OpenLab
) -> None:
    """Contents at the side, no dialog, no news, no formgrader, no word to elsewhere."""
    page, watch = open_lab(tiny_course)
    contents = page.locator(".jp-TableOfContents")
    contents.get_by_text("The second heading").wait_for()
    run_all(page)
    page.locator(".jp-OutputArea-output", has_text=str(tiny_course / "data")).wait_for()
    assert page.locator(".jp-Dialog").count() == 0
    assert page.locator(".jp-toast, .Toastify__toast").count() == 0
    page.get_by_role("menuitem", name="View", exact=True).click()
    assert page.get_by_text("Table of Contents").count()
    assert page.get_by_text("Formgrader").count() == page.get_by_text("Nbgrader").count() == 0
    assert page.get_by_text("Validate", exact=True).count() == 0
    assert (watch.errors, watch.elsewhere) == ([], [])
    assert list(users_home.iterdir()) == []


def test_the_courses_settings_reach_the_browser(desk: tuple[str, Path]) -> None:
    """One subshell for each comm: with the default a Stop button's click waits behind Train."""
    server, _, token = desk[0].partition("/lab/tree/")
    plugin = "@jupyterlab/apputils-extension:kernels-settings"
    head = {"Authorization": f"token {token.partition('token=')[2]}"}
    with urlopen(Request(f"{server}/lab/api/settings/{plugin}", headers=head)) as reply:  # noqa: S310
        settings = json.load(reply)
    assert settings["schema"]["properties"]["commsOverSubshells"]["default"] == "perComm"


@pytest.mark.parametrize("unit", released_units(ROOT) if (ROOT / "notebooks").is_dir() else [])
def test_an_untouched_unit_runs_top_to_bottom(
    unit: str, unit_of: UnitOf, open_unit: OpenLab
) -> None:
    """No error, no warning, no widget that fails to load; it trains on few rows."""
    few = nbformat.v4.new_code_cell(FEW_ROWS)
    page, watch = open_unit(unit_of(unit, lambda cells: [few, *cells]))
    run_all(page)
    shoot(page, unit)
    outputs = page.evaluate(OUTPUTS)
    assert [out for out in outputs if out["output_type"] == "error"] == []
    assert [out for out in outputs if out.get("name") == "stderr"] == []
    assert page.get_by_text("Error displaying widget").count() == 0
    assert (watch.errors, watch.elsewhere) == ([], [])
