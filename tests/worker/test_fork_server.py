"""What a fork server imports is there to be imported."""

import os
import subprocess
import sys
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


def test_a_process_for_ordinary_assignments_loads_what_they_use_and_no_torch() -> None:
    tried = (
        "import sys\n"
        "from grader.worker.fork_server import warm_up_for\n"
        "warm_up_for(['numpy', 'nowhere'])\n"
        "print('numpy.testing' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", tried],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "False"]
