"""A sandboxed kernel to put questions to; the box is the project's own, as a class would get it."""

import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.classroom.engine.kernel_client import KernelConnection
from grader.classroom.engine.kernel_driver import Driver
from grader.classroom.sandbox import (
    ColdSandbox,
    Launcher,
    Limits,
    NoSandbox,
    SandboxSpec,
    WarmSandbox,
)
from grader.classroom.sandbox.launching import RunningKernel

COURSE = Path(__file__).resolve().parents[2]
LIMITS = Limits(memory_mib=768, disk_mib=8, file_mib=16, cell_seconds=30)


class Inside:
    """Runs code in one kernel and gives back what it printed."""

    def __init__(self, kernel: RunningKernel, driver: Driver, client: KernelConnection) -> None:
        self.kernel = kernel
        self.client = client
        self._driver = driver

    def raised(self, code: str, seconds: float = 30.0) -> str:
        """What kind of error the code ended in, interrupted after `seconds`."""
        done = self._driver.run(code, seconds, lambda: None)
        return done.error.kind if done.error else ""

    def __call__(self, code: str) -> str:
        done = self._driver.run(code, 30.0, lambda: None)
        texts = [output.get("text", "") for output in done.outputs]
        errors = [f"{o.ename}: {o.evalue}" for o in done.outputs if o.output_type == "error"]
        return "\n".join([*texts, *errors]).strip()


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """As in a shell's background: what is started here inherits that Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def open_kernel(launcher: Launcher, box: SandboxSpec) -> Generator[Inside, None, None]:
    with interrupts_ignored():
        kernel = launcher.launch(box)
    try:
        with KernelConnection(kernel, box.limits.message_mib) as client:
            driver = Driver(kernel, client, box.limits)
            driver.wait_until_ready()
            yield Inside(kernel, driver, client)
    finally:
        kernel.kill()
        kernel.referee_socket.close()


@pytest.fixture(scope="session")
def box() -> SandboxSpec:
    return SandboxSpec(
        data=COURSE / "data" if (COURSE / "data").is_dir() else None,
        course=COURSE,
        files={"unit.json": b'{"schema": 1}'},
        limits=LIMITS,
    )


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmSandbox]:
    """One warm process for all tests."""
    made = WarmSandbox()
    yield made
    made.close()
    assert made.name == "warm", "the warm sandbox fell back to a cold one"


@pytest.fixture(scope="module", params=["warm", "cold"])
def launcher(request: pytest.FixtureRequest, warm: WarmSandbox) -> Launcher:
    """Both kinds of sandbox: what one holds, the other must hold."""
    return warm if request.param == "warm" else ColdSandbox()


@pytest.fixture(scope="module")
def inside(launcher: Launcher, box: SandboxSpec) -> Iterator[Inside]:
    yield from open_kernel(launcher, box)


@pytest.fixture
def fresh(launcher: Launcher, box: SandboxSpec) -> Iterator[Inside]:
    """A kernel for one test alone, which may break it."""
    yield from open_kernel(launcher, box)


@pytest.fixture
def loose(box: SandboxSpec) -> Iterator[Inside]:
    yield from open_kernel(NoSandbox(), box)
