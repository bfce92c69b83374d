"""`python -m grader.worker.fork_server`: imports once what every kernel needs, then forks kernels.

It runs in an outer sandbox, started by `classroom.sandbox.warm`, and no learner code ever runs in
it. What a request (`wire.forking`) carries is read by the fork alone, so a fork can find nothing in
this process's memory but public code: no solution, no secret, no earlier notebook.
"""

import contextlib
import gc
import os
import random
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from grader.core.errors import SetupError
from grader.wire.forking import READY, serve
from grader.wire.torch_compat import postpone_compiler
from grader.worker import interrupts
from grader.worker.confinement import NamespaceSpec, enter

# A request carries descriptors in this order: a socket on which the fork says that its namespaces
# are made, a file with their `NamespaceSpec`, one with the start message, a pipe for its standard
# error; then those that the start message names, which become FIRST_OWN, FIRST_OWN + 1 and so on.
FIRST_OWN = 3

# What the course's notebooks have imported by their end, in a graded run; all of `grader.lab`, too.
# Not the inline backend: it ties itself to the shell that is there when it is imported.
MODULES = (
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "matplotlib.backends.backend_agg",
    "matplotlib.pyplot",
    "matplotlib_inline.config",
    "numpy",
    "numpy.random",
    "PIL.PngImagePlugin",
    "torch",
    "torch.nn.utils.rnn",
    "torch.utils.data",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "grader.wire.perform",
    "grader.worker.__main__",
    "grader.worker.kernel",
)


# What a kernel needs for a notebook that uses none of these, and what is loaded for one that does.
_BY_PACKAGE = ("matplotlib", "numpy", "torch")
_MORE = {
    "matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_agg"),
    "numpy": ("numpy.random", "numpy.testing"),
    "pandas": ("pandas.testing",),
}
ONLY = "--only"


def warm_up_for(packages: Sequence[str]) -> None:
    """Import what a kernel needs, and these packages where they are there, and no more.

    Raises SetupError when this has left a thread behind.
    """
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    own = [name for name in MODULES if name.partition(".")[0] not in (*_BY_PACKAGE, "PIL")]
    for name in own:
        import_module(name)
    for package in packages:
        for name in (package, *_MORE.get(package, ())):
            with contextlib.suppress(Exception):  # whoever uses it is told
                import_module(name)
    _refuse_threads()


def warm_up(packages: Sequence[str] = ()) -> None:
    """Import, and train once: some parts of torch are built when they are first used.

    `packages` are imported, too, where they are there. Raises SetupError when this has left a
    thread behind.
    """
    # What a kernel sets before a notebook can import matplotlib.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    parts = walk_packages(import_module("grader.lab").__path__, "grader.lab.")
    for name in (*MODULES, *(part.name for part in parts)):
        import_module(name)
    for name in packages:
        with contextlib.suppress(Exception):  # whoever uses it is told
            import_module(name)
    postpone_compiler()
    _train()
    _refuse_threads()


def _refuse_threads() -> None:
    tasks = len(list(Path("/proc/self/task").iterdir()))
    if tasks != 1:
        message = f"the warm process has {tasks} threads; forks are safe from one alone"
        raise SetupError(message)


def _train() -> None:
    import torch

    # OpenMP does not survive a fork once it has had a second thread.
    torch.set_num_threads(1)
    layer, head = torch.nn.GRU(4, 8, batch_first=True), torch.nn.Linear(8, 2)
    optimiser = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=0.01)
    for _ in range(2):
        optimiser.zero_grad()
        _, last = layer(torch.randn(4, 5, 4))
        logits = head(last[-1])
        torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 0, 1])).backward()
        optimiser.step()


def _fork(descriptors: list[int]) -> int:
    """In the fork: enter namespaces of its own and become a kernel. Returns an exit code.

    There are two processes then, as in any sandbox: the first of the process namespace, which
    reaps, and the kernel.
    """
    news, namespaces, start, stderr, *own = _out_of_the_way(descriptors)
    os.dup2(stderr, 2)
    enter(NamespaceSpec.from_bytes(_read(namespaces)))
    os.write(news, READY)
    kernel = os.fork()
    if kernel:
        return _reap(kernel)
    # imported by `warm_up`; whoever starts this server asks here for a number, and for no kernel
    from grader.worker.__main__ import main as become_kernel

    _renumber(start, own)
    _forget()
    become_kernel()
    return 0


def _out_of_the_way(descriptors: list[int]) -> list[int]:
    """The same descriptors under numbers that none of the final ones can be."""
    return [os.dup2(number, 200 + index) for index, number in enumerate(descriptors)]


def _renumber(start: int, own: list[int]) -> None:
    """Give each descriptor its final number and close all others, the fork server's above all."""
    os.dup2(start, 0)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    for index, number in enumerate(own):
        os.dup2(number, FIRST_OWN + index)
    os.closerange(FIRST_OWN + len(own), os.sysconf("SC_OPEN_MAX"))


def _forget() -> None:
    """Make the fork what a fresh process is: other random numbers, cleaning up memory again."""
    random.seed()
    for name, draw in (("numpy", _draw_numpy), ("torch", _draw_torch)):
        if name in sys.modules:
            draw()
    gc.enable()


def _draw_numpy() -> None:
    import numpy as np

    np.random.seed()  # noqa: NPY002 - the state that learner code may use


def _draw_torch() -> None:
    import torch

    torch.default_generator.seed()


def _reap(kernel: int) -> int:
    """Be the first process of the namespace: all others end when it does. Returns an exit code."""
    interrupts.ignore()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    while True:
        ended, status = os.wait()
        if ended == kernel:
            return os.waitstatus_to_exitcode(status) & 0xFF


def _read(number: int) -> bytes:
    with os.fdopen(number, "rb") as file:
        return file.read()


def main() -> None:
    """Import and train once, then serve."""
    gc.disable()
    packages = sys.argv[1:]
    try:
        if ONLY in packages:
            warm_up_for([name for name in packages if name != ONLY])
        else:
            warm_up(packages)
    except SetupError:
        if not packages:
            raise
        # one of them has started a thread: better none of them than no forks
        os.execv(sys.executable, [sys.executable, "-m", "grader.worker.fork_server"])  # noqa: S606
    serve(_fork)


if __name__ == "__main__":
    main()
