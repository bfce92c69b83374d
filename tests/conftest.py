"""What every test gets: a clean environment, and a loud word where a test cannot run here.

A test that needs bubblewrap or Chromium is skipped without it; under CI that skip is a failure.
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from grader.core.errors import SetupError

# Several tests run at once: threads that wait for one another cost ten times what they save.
# Set before anything imports torch; what tests start inherits it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Whoever starts tests in the background hands down deafness to Ctrl-C, which is tested here.
signal.signal(signal.SIGINT, signal.default_int_handler)

MakeOnce = Callable[[str, Callable[[Path], object]], Path]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

# A busy machine is slow, not wrong; and CI must not fail on another example each time.
settings.register_profile("course", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("course")


@pytest.fixture(autouse=True)
def _same_folder_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a class's configuration changes the folder; the next test starts where it should."""
    monkeypatch.chdir(Path.cwd())


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the course."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> MakeOnce:
    """Make a folder once for all processes of this run of tests; whoever changes it copies it.

    `make_once(name, make)` calls `make(folder)` where nobody has, and returns the folder.
    """
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"
    shared.mkdir(exist_ok=True)

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of a test that failed half-way
                make(folder)
                done.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium; for tests marked `browser`."""
    path = _chromium()
    assert path is not None, "mark this test `browser`"
    return path


@pytest.fixture(autouse=True, scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's own Jupyter, IPython or matplotlib settings."""
    own = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
            folder = own / name.lower()
            folder.mkdir()
            patch.setenv(name, str(folder))
        patch.setenv("MPLBACKEND", "agg")
        yield


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a user has set must not decide a test."""
    for name in ("GRADER_DATA", "NBGRADER_EXECUTION", "JUPYTER_CONFIG_PATH", "JUPYTER_PATH"):
        monkeypatch.delenv(name, raising=False)


@pytest.hookimpl(trylast=True)  # after whoever shuffles
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first: several processes then end at about the same time."""
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("slow", "long"))))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run; under CI that is a failure."""
    for marker, lacking in (("browser", _without_chromium), ("sandbox", _without_sandbox)):
        reason = lacking() if item.get_closest_marker(marker) else ""
        if reason and "CI" in os.environ:
            pytest.fail(f"CI must run this test: {reason}", pytrace=False)
        if reason:
            pytest.skip(f"NOT TESTED: {reason}")
    if item.get_closest_marker("gpu") and not _has_gpu():
        pytest.skip("no CUDA device")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out for want of a program."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)]
    for reason in sorted({reason for reason in reasons if "NOT TESTED" in reason}):
        count = reasons.count(reason)
        terminalreporter.write_line(f"{count} test(s) {reason}", red=True, bold=True)


@cache
def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def _without_chromium() -> str:
    return "" if _chromium() else "Chromium is missing (apt-get install chromium)"


@cache
def _without_sandbox() -> str:
    from grader.classroom.sandbox import check_sandbox

    try:
        check_sandbox()
    except SetupError as error:
        return str(error)
    return ""


@cache
def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()
