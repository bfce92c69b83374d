"""What an interrupt can leave switched off, and who follows would pay for."""

import sys


def switch_on() -> None:
    """Record gradients again in this thread, as torch does from its start; call it after ^C.

    `torch.no_grad` is Python: an interrupt between its two lines leaves gradients off for good, and
    every later training fails with "element 0 of tensors does not require grad".
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_grad_enabled(True)
