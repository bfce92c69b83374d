"""A real JupyterLab started by `grader lab`, and a real Chromium looking at it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import nbformat
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.waiting import HANGS

ROOT = Path(__file__).resolve().parents[2]
Wanted = Callable[[list[Any]], list[Any]]
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
    # The last word lets a test ask JupyterLab which cells have run.
    extra = ["--no-browser", "--port-retries=50", "--LabApp.expose_app_in_browser=True"]
    words = [sys.executable, "-m", "grader", "lab", "--", *extra]
    with log.open("w") as output:
        process = subprocess.Popen(
            words,
            cwd=home,
            env={
                **own,
                "HOME": str(users_home),
                "PYTHONPATH": str(ROOT),
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
                process.wait(timeout=HANGS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _address(log: Path, process: "subprocess.Popen[bytes]") -> str:
    """Wait until the log names the address with its token."""
    until = time.monotonic() + HANGS
    servers = log.parent / "build/jupyter/runtime"
    while time.monotonic() < until and process.poll() is None:
        for path in servers.glob("jpserver-*.json"):
            server = json.loads(path.read_text() or "{}")
            opened = re.search(r"/lab/tree/[^\s?]+", log.read_text())
            if server and opened and _answers(server):
                return f"http://127.0.0.1:{server['port']}{opened[0]}?token={server['token']}"
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)


def _answers(server: dict[str, Any]) -> bool:
    try:
        urlopen(f"{server['url']}api").close()  # noqa: S310
    except OSError:
        return False
    return True


@pytest.fixture
def users_home(tmp_path: Path) -> Path:
    """An empty home; it must stay empty."""
    folder = tmp_path / "users-home"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests of a process; each test has pages of its own."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_WORDS)
        yield browser
        browser.close()


@pytest.fixture
def open_lab(browser: Browser, users_home: Path) -> Iterator[Callable[[Path], tuple[Page, Watch]]]:
    """Call it with a course's folder: the page that a learner sees, once its notebook is ready.

    It starts a JupyterLab of its own; `open_unit` is quicker where any JupyterLab will do.
    """
    with ExitStack() as stack:

        def start(home: Path) -> tuple[Page, Watch]:
            address = stack.enter_context(_jupyterlab(home, users_home))
            return _opened(stack, browser, address)

        yield start


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab for many tests: its address, and the folder where their units are put."""
    home = tmp_path_factory.mktemp("desk")
    folder = home / "notebooks/00_desk"
    folder.mkdir(parents=True)
    (home / "data").symlink_to(ROOT / "data")
    nbformat.write(nbformat.v4.new_notebook(), folder / "desk.ipynb")
    (folder / "unit.json").write_text(json.dumps({"schema": 1, "release": "aaa111"}))
    users_home = home / "users-home"
    users_home.mkdir()
    with _jupyterlab(home, users_home) as address:
        yield address, home / "my-work"


@pytest.fixture
def open_unit(
    browser: Browser, desk: tuple[str, Path]
) -> Iterator[Callable[[Path], tuple[Page, Watch]]]:
    """Call it with a unit's folder in `my-work`: its notebook's page, once it is ready.

    All kernels end with the test.
    """
    address, _ = desk
    with ExitStack() as stack:
        stack.callback(_end_kernels, address)

        def start(folder: Path) -> tuple[Page, Watch]:
            name = folder.name.partition("_")[2]
            there = f"/lab/tree/{folder.name}/{name}.ipynb?reset&"
            return _opened(stack, browser, re.sub(r"/lab/tree/[^?]+[?]", there, address))

        yield start


@pytest.fixture
def unit_of(desk: tuple[str, Path]) -> Iterator[Callable[[str, Wanted], Path]]:
    """Call it with a released unit and a choice of its cells: a folder in `my-work` with those."""
    made: list[Path] = []

    def make(unit: str, wanted: Wanted) -> Path:
        folder = desk[1] / unit
        shutil.copytree(ROOT / "notebooks" / unit, folder)
        made.append(folder)
        path = folder / f"{unit.partition('_')[2]}.ipynb"
        notebook = nbformat.read(path, 4)
        notebook.cells = wanted(notebook.cells)
        nbformat.write(notebook, path)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder)


def _opened(stack: ExitStack, browser: Browser, address: str) -> tuple[Page, Watch]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(HANGS * 1000)
    stack.callback(page.close)
    watch = _watched(page)
    page.goto(address, timeout=HANGS * 1000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=HANGS * 1000)
    # The status bar's word, not the indicator's: that is idle before there is a kernel.
    page.get_by_text("| Idle").wait_for(timeout=HANGS * 1000)
    return page, watch


def _end_kernels(address: str) -> None:
    server, _, token = address.partition("/lab/tree/")
    head = {"Authorization": f"token {token.partition('token=')[2]}"}
    with urlopen(Request(f"{server}/api/sessions", headers=head)) as reply:  # noqa: S310
        sessions = json.load(reply)
    for session in sessions:
        where = f"{server}/api/sessions/{session['id']}"
        urlopen(Request(where, headers=head, method="DELETE")).close()  # noqa: S310


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
