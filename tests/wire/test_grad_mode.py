"""After an interrupt gradients are recorded again; torch is not imported for it."""

import subprocess
import sys

import torch

from grader.wire import grad_mode


def test_gradients_that_an_interrupt_left_off_are_on_again() -> None:
    torch.set_grad_enabled(False)
    try:
        grad_mode.switch_on()
        assert (torch.ones(1, requires_grad=True) * 2).requires_grad
    finally:
        torch.set_grad_enabled(True)


def test_a_kernel_without_torch_stays_without() -> None:
    code = (
        "import sys\nfrom grader.wire import grad_mode\ngrad_mode.switch_on()\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
