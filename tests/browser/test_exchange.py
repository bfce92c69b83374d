"""A class by mouse: formgrader for the teacher, JupyterLab's Assignment List for the learner."""

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
from tests.exchange.conftest import CLASS, ROOT, UNIT, Classroom, Person
from tests.exchange.test_road import RIGHT
from tests.waiting import HANGS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.sandbox]

STEP = HANGS * 1000
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
            end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a server and its kernels; one that hangs while it closes (it may) is killed."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _port(log: Path, process: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + HANGS
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/lab", log.read_text())
        if found:
            return found[1]
        time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)


@contextmanager
def somebody(browser: Browser, folder: Path, home: Path) -> Iterator[tuple[Page, str]]:
    """A page of somebody's own browser on their own JupyterLab, and its address.

    Two people share no browser: a server's login cookie is named after the address alone, so that
    of another server that had the same port before ends the session in the middle of a page.
    """
    with jupyterlab(folder, home) as address:
        person = browser.new_context()
        try:
            yield person.new_page(), address
        finally:
            person.close()


def press(page: Page, where: str, line: str, verb: str) -> None:
    """Press one of formgrader's buttons on a line, and read that it went well."""
    page.goto(where, timeout=STEP)
    row = page.locator("tr", has=page.get_by_text(line, exact=True))
    row.locator(f"td.{verb} a, td.{verb} button").first.click(timeout=STEP)
    said = page.locator(".modal.in")
    said.wait_for(timeout=STEP)
    assert said.locator(".modal-body").inner_text().startswith("Successfully "), said.inner_text()


def assignments(page: Page, address: str) -> None:
    """Open JupyterLab's Assignment List."""
    page.goto(f"{address}/lab?token=secret", timeout=STEP)
    page.get_by_role("menuitem", name="Nbgrader").click(timeout=STEP)
    page.get_by_text("Assignment List", exact=True).click()


def test_a_class_by_mouse_from_generate_to_the_feedback_page(
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
    root = classroom.course.root
    with (
        somebody(browser, root, teacher) as (desk, formgrader),
        somebody(browser, learner, learner) as (page, address),
    ):
        manage = f"{formgrader}/formgrader/manage_assignments?token=secret"
        press(desk, manage, UNIT, "assign")
        press(desk, manage, UNIT, "release")
        given = classroom.exchange / CLASS / "outbound" / UNIT
        assert {p.name for p in given.iterdir()} == {"toy.ipynb", "unit.json", "data"}

        assignments(page, address)
        page.get_by_role("button", name="Fetch", exact=True).click(timeout=STEP)
        page.get_by_role("button", name="Submit", exact=True).wait_for(timeout=STEP)
        assert (learner / UNIT / "data" / "beeps" / "beeps.npz").is_file()
        classroom.answer(Person("learner", learner, sys.executable), RIGHT)
        page.get_by_role("button", name="Submit", exact=True).click()
        submitted = page.locator("#submitted_assignments_list", has_text=UNIT)
        submitted.wait_for(timeout=STEP)

        press(desk, manage, UNIT, "collect")
        (collected,) = classroom.course.submitted.glob(f"*/{UNIT}")
        names = {"toy.ipynb", "timestamp.txt", "submission_secret.txt"}
        assert {p.name for p in collected.iterdir()} == names
        who = collected.parent.name
        submissions = f"{formgrader}/formgrader/manage_submissions/{UNIT}?token=secret"
        press(desk, submissions, who, "autograde")
        press(desk, manage, UNIT, "generate-feedback")
        press(desk, manage, UNIT, "release-feedback")

        page.locator("#refresh_assignments_list").click()
        page.get_by_text("(feedback available to fetch)").wait_for(timeout=STEP)
        page.get_by_role("button", name="Fetch Feedback").click()
        page.get_by_text("(view feedback)").click(timeout=STEP)
        page.locator(".jp-DirListing-item", has_text="toy.html").dblclick(timeout=STEP)
        told = page.frame_locator(".jp-HTMLViewer iframe").locator("body")
        told.get_by_text("2 of 2").first.wait_for(timeout=STEP)
    moment = (collected / "timestamp.txt").read_text().strip()
    assert (learner / UNIT / "feedback" / moment / "toy.html").is_file()
