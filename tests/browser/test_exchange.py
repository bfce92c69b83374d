"""The exchange by mouse: formgrader releases, JupyterLab's Assignment List fetches and submits."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.exchange import conftest as exchange
from tests.exchange.conftest import CLASS, ROOT, UNIT, Classroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START_SECONDS, STEP = 180, 90_000
# the class of the exchange's own tests
released, classroom = exchange.released, exchange.classroom


@contextmanager
def jupyterlab(folder: Path, home: Path) -> Iterator[str]:
    """A plain JupyterLab with nbgrader's extensions in `folder`; its address."""
    log = home / "lab.log"
    words = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--port-retries=50",
    ]
    words += ["--IdentityProvider.token=secret", f"--ServerApp.root_dir={folder}"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPY", "GRADER"))}
    own = {"HOME": str(home), "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    with log.open("w") as output:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=kept | own,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{_port(log, process)}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _port(log: Path, process: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/lab", log.read_text())
        if found:
            return found[1]
        time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)


def press(page: Page, address: str, verb: str) -> None:
    """Press one of formgrader's buttons on the line of the unit, and read that it went well."""
    page.goto(f"{address}/formgrader/manage_assignments?token=secret", timeout=STEP)
    line = page.locator("tr", has=page.get_by_text(UNIT, exact=True))
    line.locator(f"td.{verb} a, td.{verb} button").first.click(timeout=STEP)
    page.get_by_text(re.compile("^Successfully ")).first.wait_for(timeout=STEP)


def test_generate_release_fetch_and_submit_by_mouse(
    classroom: Classroom, browser: Browser, tmp_path: Path
) -> None:
    teacher, learner = tmp_path / "teacher", tmp_path / "learner"
    for home in (teacher, learner):
        (home / ".jupyter").mkdir(parents=True)
    where = f"c = get_config()\nc.Exchange.root = {str(classroom.exchange)!r}\n"
    where += (
        f"c.CourseDirectory.course_id = {CLASS!r}\nc.Exchange.assignment_dir = {str(learner)!r}\n"
    )
    (learner / ".jupyter" / "nbgrader_config.py").write_text(where)
    page = browser.new_page()
    with jupyterlab(classroom.course.root, teacher) as address:
        press(page, address, "assign")
        press(page, address, "release")
    given = classroom.exchange / CLASS / "outbound" / UNIT
    assert {p.name for p in given.iterdir()} == {"toy.ipynb", "unit.json", "data"}
    with jupyterlab(learner, learner) as address:
        page.goto(f"{address}/lab?token=secret", timeout=STEP)
        page.get_by_role("menuitem", name="Nbgrader").click(timeout=STEP)
        page.get_by_text("Assignment List", exact=True).click()
        page.get_by_role("button", name="Fetch").first.click(timeout=STEP)
        page.get_by_role("button", name="Submit").first.click(timeout=STEP)
        page.locator("#submitted_assignments_list", has_text=UNIT).wait_for(timeout=STEP)
    assert (learner / UNIT / "data" / "beeps" / "beeps.npz").is_file()
    classroom.teach("collect", UNIT)
    (collected,) = classroom.course.submitted.glob(f"*/{UNIT}")
    names = {"toy.ipynb", "timestamp.txt", "submission_secret.txt"}
    assert {p.name for p in collected.iterdir()} == names
