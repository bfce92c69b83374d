"""The worker's kernel on this ipykernel: inherited sockets, `!`, `exit()` and interrupts."""

from collections.abc import Iterator

import pytest

from grader.classroom.sandbox import NoSandbox, SandboxSpec
from grader.worker import ipykernel_compat
from tests.sandbox.conftest import Inside, open_kernel

SHELL_THREAD = "Shell channel"
APP = "from ipykernel.kernelapp import IPKernelApp as App; app = App.instance()"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    """No sandbox: only the kernel itself is asked."""
    yield from open_kernel(NoSandbox(), SandboxSpec())


def test_all_that_is_replaced_is_there() -> None:
    ipykernel_compat.check_internals()


def test_cells_run_on_inherited_sockets_without_a_connection_file(inside: Inside) -> None:
    assert inside("x = 2\nprint(x + 1)") == "3"
    assert inside(f"{APP}; import os; print(os.path.exists(app.abs_connection_file))") == "False"


def test_no_thread_stands_between_the_socket_and_the_cell(inside: Inside) -> None:
    names = inside("import threading; print([t.name for t in threading.enumerate()])")
    assert "MainThread" in names
    assert SHELL_THREAD not in names
    assert inside(f"{APP}; print(app.shell_channel_thread)") == "None"


def test_an_exclamation_mark_runs_a_command_without_a_terminal(inside: Inside) -> None:
    assert inside("!echo $((1 + 2)); test -t 0 || echo none") == "3\nnone"
    assert inside("!exit 3\nprint(_exit_code)") == "3"
    assert "Background processes not supported" in inside("!sleep 1 &")
    assert inside("word = 'told'\n!echo {word}") == "told"


def test_exit_ends_its_cell_alone(inside: Inside) -> None:
    assert inside.raised("exit()") == "SystemExit"
    assert inside("print(1)") == "1"


def test_code_that_looks_for_a_notebook_finds_one(inside: Inside) -> None:
    assert inside("print(get_ipython().__class__.__name__)") == "ZMQInteractiveShell"


def test_a_cell_is_interrupted_by_its_name(inside: Inside) -> None:
    assert inside.raised("while True: pass", seconds=0.3) == "KeyboardInterrupt"
    assert inside("print(2)") == "2"
