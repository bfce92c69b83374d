"""`--sandbox user`: learner code is another user of the machine, who can read no answers."""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from grader.classroom.engine.kernel_client import KernelConnection
from grader.classroom.engine.kernel_driver import Driver
from grader.classroom.sandbox import OtherUser, SandboxSpec
from grader.classroom.sandbox.other_user import FIRST
from grader.core.errors import SetupError
from tests.environments import no_environment, open_environment, open_folder
from tests.sandbox.conftest import LIMITS, Inside
from tests.waiting import wait_until

LACKING = no_environment() if os.geteuid() == 0 else "only root may start code as another user"
as_root = pytest.mark.skipif(bool(LACKING), reason=f"NOT TESTED: {LACKING}")


@pytest.fixture(scope="module")
def python() -> Iterator[Path]:
    with open_environment() as made:
        yield made


@pytest.fixture
def course() -> Iterator[Path]:
    with open_folder() as root:
        (root / "solutions").mkdir(mode=0o700)
        (root / "solutions" / "answer.py").write_text("42")
        yield root


@pytest.fixture
def inside(course: Path, python: Path) -> Iterator[Inside]:
    box = SandboxSpec(course=course, limits=LIMITS, files={"unit.json": b"{}"}, python=python)
    kernel = OtherUser().launch(box)
    try:
        with KernelConnection(kernel, box.limits.message_mib) as client:
            driver = Driver(kernel, client, box.limits)
            driver.wait_until_ready()
            yield Inside(kernel, driver, client)
    finally:
        kernel.kill()


@as_root
def test_code_is_nobody_and_reads_no_answers(inside: Inside, course: Path) -> None:
    assert int(inside("import os; print(os.geteuid())")) >= FIRST
    assert inside("print(os.getgroups(), os.path.exists('unit.json'))").startswith("[")
    secret = course / "solutions" / "answer.py"
    assert "PermissionError" in inside(f"open({str(secret)!r}).read()")
    assert "PermissionError" in inside(f"os.kill({os.getpid()}, 0)")
    assert "PermissionError" in inside("os.setuid(0)")
    assert inside("open('mine.txt', 'w').write('x'); print(open('mine.txt').read())") == "x"


@as_root
def test_all_that_the_code_started_ends_with_it(inside: Inside) -> None:
    start = "import subprocess; p = subprocess.Popen(['sleep', '999'], start_new_session=True)"
    pid = int(inside(f"{start}\nprint(p.pid)"))
    assert psutil.pid_exists(pid)
    inside.kernel.kill()
    wait_until(lambda: not psutil.pid_exists(pid))


@as_root
def test_answers_that_everybody_may_read_are_refused(course: Path) -> None:
    (course / "solutions").chmod(0o755)
    with pytest.raises(SetupError, match=r"chmod 700 .*solutions"):
        OtherUser().launch(SandboxSpec(course=course))


def test_who_is_not_root_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match="you are not root"):
        OtherUser().launch(SandboxSpec())
