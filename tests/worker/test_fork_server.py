"""What a fork server imports is there to be imported."""

from importlib.util import find_spec

import pytest

from grader.worker.fork_server import MODULES
from grader.worker.kernel import CellKernel, ZMQInteractiveShell


@pytest.mark.parametrize("name", MODULES)
def test_a_module_that_is_imported_before_forks_exists(name: str) -> None:
    assert find_spec(name) is not None


def test_the_kernel_has_the_shell_without_a_terminal() -> None:
    assert CellKernel.shell_class.default_value is ZMQInteractiveShell
    assert ZMQInteractiveShell.system is ZMQInteractiveShell.system_piped
