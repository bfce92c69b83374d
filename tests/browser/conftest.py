"""A real JupyterLab started by `grader lab`, and a real Chromium looking at it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

START_SECONDS = 120  # a busy machine; an idle one needs five
CHROMIUM_WORDS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Watch:
    """What a page did that a learner would not see: errors, and calls to elsewhere."""

    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@contextmanager
def _jupyterlab(home: Path, users_home: Path) -> Iterator[str]:
    """Start `grader lab` in `home`; yield its address; end its whole process group."""
    log = home / "lab.log"
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPY"))
    }
    words = [sys.executable, "-m", "grader", "lab", "--", "--no-browser", "--port-retries=50"]
    with log.open("w") as output:
        process = subprocess.Popen(
            words,
            cwd=home,
            env={
                **own,
                "HOME": str(users_home),
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _address(log, process)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _address(log: Path, process: "subprocess.Popen[bytes]") -> str:
    """Wait until the log names the address with its token."""
    until = time.monotonic() + START_SECONDS
    servers = log.parent / "build/jupyter/runtime"
    while time.monotonic() < until and process.poll() is None:
        for path in servers.glob("jpserver-*.json"):
            server = json.loads(path.read_text() or "{}")
            opened = re.search(r"/lab/tree/[^\s?]+", log.read_text())
            if server and opened:
                return f"http://127.0.0.1:{server['port']}{opened[0]}?token={server['token']}"
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)


@pytest.fixture
def users_home(tmp_path: Path) -> Path:
    """An empty home; it must stay empty."""
    folder = tmp_path / "users-home"
    folder.mkdir()
    return folder


@pytest.fixture
def open_lab(chromium: str, users_home: Path) -> Iterator[Callable[[Path], tuple[Page, Watch]]]:
    """Call it with a course's folder: the page that a learner sees, once its notebook is ready."""
    with ExitStack() as stack:

        def start(home: Path) -> tuple[Page, Watch]:
            address = stack.enter_context(_jupyterlab(home, users_home))
            driver = stack.enter_context(sync_playwright())
            browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_WORDS)
            stack.callback(browser.close)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            watch = _watched(page)
            page.goto(address)
            page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=START_SECONDS * 1000)
            # The status bar's word, not the indicator's: that is idle before there is a kernel.
            page.get_by_text("| Idle").wait_for(timeout=START_SECONDS * 1000)
            return page, watch

        yield start


def _watched(page: Page) -> Watch:
    watch = Watch()
    page.on("console", lambda m: watch.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on(
        "request",
        lambda request: (
            watch.elsewhere.append(request.url)
            if request.url.startswith(("http", "ws")) and "//127.0.0.1:" not in request.url
            else None
        ),
    )
    return watch
