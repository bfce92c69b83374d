"""What libraries were before a learner's code ran, to be put back in the fork that runs a test.

A notebook that has exchanged `torch.allclose` or `builtins.abs` keeps it so for itself; the tests
of a graded cell find what the library has. Attributes that were added stay, what was exchanged or
taken away comes back. Nobody trusts this: it runs in the learner's process.
"""

import builtins
import contextlib
import gc
import sys
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

# Parts of Python that a test's own words go through.
_STANDARD = (
    "ast",
    "collections",
    "copy",
    "dataclasses",
    "decimal",
    "fractions",
    "functools",
    "inspect",
    "io",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "os",
    "random",
    "re",
    "socket",
    "statistics",
    "string",
    "struct",
    "sys",
    "traceback",
    "types",
    "typing",
    "unittest",
    "unittest.case",
    "warnings",
    "grader.wire.frames",
)
# Packages whose first floors are kept, where a notebook uses them or they are there anyway.
_PACKAGES = ("matplotlib", "numpy", "pandas", "torch")
# What tests use of them, and a package itself does not load.
_TOOLS = {
    "matplotlib": "matplotlib.pyplot",
    "numpy": "numpy.testing",
    "pandas": "pandas.testing",
    "torch": "torch.testing",
}
_DEEPER = (
    "matplotlib.axes._axes",
    "matplotlib.axes._base",
    "numpy._core.fromnumeric",
    "numpy._core.numeric",
    "numpy.linalg._linalg",
    "numpy.testing._private.utils",
    "pandas._testing.asserters",
    "pandas.core.frame",
    "pandas.core.generic",
    "pandas.core.series",
    "torch.nn.functional",
    "torch.testing._comparison",
)
# Exchanged by whoever redirects output or starts a process, and by this fork itself.
_LEFT = frozenset({("sys", "stdout"), ("sys", "stderr"), ("sys", "stdin"), ("os", "environ")})
_UNSET = object()


@dataclass(frozen=True)
class _Kept:
    """The names of a module or a class, as they were."""

    owner: Any
    name: str
    names: dict[str, Any]

    def put_back(self) -> None:
        """Put back what was exchanged or taken away."""
        now = vars(self.owner)
        for name, before in self.names.items():
            if now.get(name, _UNSET) is not before and (self.name, name) not in _LEFT:
                with contextlib.suppress(Exception):
                    setattr(self.owner, name, before)
        if isinstance(self.owner, type):
            for name in [name for name in now if name not in self.names and self._covers(name)]:
                with contextlib.suppress(Exception):
                    delattr(self.owner, name)

    def _covers(self, name: str) -> bool:
        """Whether a name that a class was given stands before one that it inherits."""
        return any(name in vars(base) for base in self.owner.__mro__[1:])


class PristineLibraries:
    """What is loaded now. `names` are the notebook's; `packages` it uses are loaded for that."""

    def __init__(self, packages: Collection[str] = ()) -> None:
        for package in packages:
            for name in (package, _TOOLS.get(package, package)):
                if package in _PACKAGES:
                    with contextlib.suppress(Exception):
                        import_module(name)
        self.builtins = dict(vars(builtins))
        found = list(_modules())
        self._modules = {module.__name__: module for module in found}
        self._kept = [kept for module in found for kept in _contents(module)]
        self._paths = list(sys.meta_path), list(sys.path_hooks)

    def put_back(self) -> None:
        """Make all of it what it was; for a fork, which has one thread."""
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        threading.setprofile(None)
        gc.callbacks.clear()
        _end_monitoring()
        now = vars(builtins)
        for name in [name for name in now if name not in self.builtins]:
            del now[name]
        now.update(self.builtins)
        sys.modules.update(self._modules)
        sys.meta_path[:], sys.path_hooks[:] = self._paths
        for kept in self._kept:
            kept.put_back()


def _modules() -> Iterator[ModuleType]:
    for name, module in list(sys.modules.items()):
        root, _, rest = name.partition(".")
        is_near = root in _PACKAGES and "." not in rest
        if (is_near or name in _STANDARD or name in _DEEPER) and isinstance(module, ModuleType):
            yield module


def _contents(module: ModuleType) -> Iterator[_Kept]:
    names = dict(vars(module))
    yield _Kept(module, module.__name__, names)
    root = module.__name__.partition(".")[0]
    for each in names.values():
        # what is written in C cannot be changed
        if issubclass(type(each), type) and each.__module__.partition(".")[0] == root:
            own = {k: v for k, v in vars(each).items() if k not in {"__dict__", "__weakref__"}}
            yield _Kept(each, each.__qualname__, own)


def _end_monitoring() -> None:
    """Take tools of `sys.monitoring` (Python 3.12 and newer) away from running code."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:
        return
    for tool in range(6):
        if monitoring.get_tool(tool) is not None:
            with contextlib.suppress(Exception):
                monitoring.set_events(tool, 0)
                monitoring.free_tool_id(tool)
