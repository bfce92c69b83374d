"""What a machine needs to run jobs, checked where they run: package, data, sandbox.

A worker of a cluster has the package and the data sets and no more; that both are those of the
grader is compared, because a verdict must not depend on which worker gave it.
"""

import hashlib
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import grader
from grader.classroom.sandbox import (
    LAUNCHERS,
    Launcher,
    NoSandbox,
    SandboxSpec,
    check_sandbox,
)
from grader.core.errors import SetupError

# Packages whose version can change what a submission computes.
PACKAGES = ("torch", "numpy", "ipykernel")
DATA = "GRADER_DATA"


@dataclass(frozen=True)
class WorkerEnvironment:
    """Where jobs run: the sandbox's name, the box, and what the grader's own machine has.

    `box` names paths of the grader's machine; `here` makes them those of this one.
    """

    sandbox: str
    box: SandboxSpec
    program: str
    data: str

    @classmethod
    def of(cls, sandbox: str, box: SandboxSpec) -> "WorkerEnvironment":
        """The place as this machine has it."""
        return cls(sandbox, box, program(), data_marks(box.data))

    def here(self) -> tuple[Launcher, SandboxSpec]:
        """A launcher and a box for this machine.

        Raises SetupError where the package or the data differ, or there is no sandbox.
        """
        return launcher(self.sandbox), _box_here(self)


@cache
def launcher(sandbox: str) -> Launcher:
    """This process's launcher of that name. Raises SetupError where the machine cannot have it."""
    kind = LAUNCHERS[sandbox]
    if not issubclass(kind, NoSandbox):
        check_sandbox()
    return kind()


@cache
def program() -> str:
    """A hash of this package's files and of the packages it computes with."""
    folder = Path(grader.__file__).parent
    code = (path.read_bytes() for path in sorted(folder.rglob("*.py")))
    return hashed([*code, computing_packages().encode()])


def computing_packages() -> str:
    """The packages whose version can change what a submission computes, with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def data_marks(data: Path | None) -> str:
    """A hash of what says which data sets lie in a folder; of nothing where there is none."""
    if data is None:
        return ""
    files = [*sorted(data.glob("*/recipe.py")), *sorted(data.glob("*/SHA256SUMS"))]
    return hashed(path.read_bytes() for path in files)


def hashed(parts: Iterable[bytes]) -> str:
    """One name for all parts, 32 hexadecimal digits."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:32]


@cache
def _data_here(asked: Path, marks: str) -> Path:
    own = os.environ.get(DATA)
    folders = [asked, *([Path(own)] if own else [])]
    folder = next((folder for folder in folders if folder.is_dir()), None)
    name = socket.gethostname()
    if folder is None:
        message = (
            f"The worker on {name} has no data sets: there is no {asked}. Copy the course's data "
            f"folder there and start the worker with {DATA} set to it."
        )
        raise SetupError(message)
    if data_marks(folder) != marks:
        message = (
            f"The data sets in {folder} on {name} are not the grader's own. Copy the course's data "
            "folder there anew."
        )
        raise SetupError(message)
    return folder


def _box_here(place: WorkerEnvironment) -> SandboxSpec:
    if place.program != program():
        message = (
            f"The worker on {socket.gethostname()} runs another version of the grader, torch, "
            "numpy or ipykernel. Install there what this machine has, and start the worker anew."
        )
        raise SetupError(message)
    own = SandboxSpec()
    box = replace(place.box, python=own.python, package=own.package)
    if box.data is not None:
        box = replace(box, data=_data_here(box.data, place.data))
    return box
