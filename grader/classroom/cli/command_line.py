"""Read the command line, run one verb, turn an error of ours into its message and exit code.

A verb is a module beside this one with `add(subparsers)`, which declares its words and sets
`run`, and `run(arguments) -> int`, the exit code. Verbs import what is heavy inside `run`, so
that `grader --help` is instant. Nothing here may know what a verb does.
"""

import argparse
import importlib
import os
import pkgutil
import select
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import grader
from grader.classroom.cli.install import FILES
from grader.core.errors import GraderError, SetupError, UsageError
from grader.core.suggestions import nearest

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name
else:
    Subparsers = object

STOPPED = "grader: stopped. What is done is kept: run the same command to go on."
_FOR_LEARNERS = ("lab", "submit", "self-check", "doctor", "install")
UNREAD = 141  # what shells report for a command whose output nobody reads any more
INTERRUPTED = 130  # what shells report for a command stopped by Ctrl-C


class Verb(Protocol):
    """What each module in this folder offers."""

    def add(self, subparsers: Subparsers) -> None:
        """Declare the verb and call `set_defaults(run=run)`."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit code."""


def verbs() -> dict[str, Verb]:
    """Every verb by its name, in alphabetical order; `hub_profile.py` is `hub-profile`."""
    return {name: _verb(name) for name in _names()}


def _names() -> list[str]:
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return [name.replace("_", "-") for name in names if name != "command_line"]


@dataclass(frozen=True)
class _Lacking:
    """Stands for a verb that cannot even be declared, because `lacks` is not installed."""

    name: str
    lacks: str

    def add(self, subparsers: Subparsers) -> None:
        """Declare it with whatever words it gets."""
        verb = subparsers.add_parser(self.name, help=f"needs {self.lacks}, which is not installed")
        verb.add_argument("words", nargs=argparse.REMAINDER)
        verb.set_defaults(run=self.run)

    def run(self, arguments: argparse.Namespace) -> int:  # noqa: ARG002 - a verb gets them
        """Say what installs it."""
        raise SetupError(lacking(self.name, self.lacks))


def _verb(name: str) -> Verb:
    try:
        return cast(
            "Verb", importlib.import_module(f"grader.classroom.cli.{name.replace('-', '_')}")
        )
    except ModuleNotFoundError as error:
        if _is_ours(error):
            raise
        return _Lacking(name.replace("_", "-"), error.name or str(error))


def _is_ours(error: ModuleNotFoundError) -> bool:
    return (error.name or "").partition(".")[0] == "grader"


def lacking(verb: str, package: str) -> str:
    """Say that a package is not installed in this Python, and what installs it."""
    use = "learn" if verb in _FOR_LEARNERS else "grade"
    missing = f"`grader {verb}` needs the package {package}, which {sys.executable} does not have. "
    if not (Path(grader.__file__).parents[1] / FILES[use]).is_file():  # installed, not cloned
        extra = "" if use == "learn" else "[classroom]"
        return f'{missing}`pip install "grader{extra}"` brings it.'
    return (
        f"{missing}`python -m grader install {use}` brings it, into .venv, and says how to go on; "
        "if that is done, run the command with the Python that it named."
    )


def parser(verb: str | None = None) -> argparse.ArgumentParser:
    """The whole command line, or what one verb needs of it: no other is imported."""
    top = argparse.ArgumentParser(prog="grader", description=grader.__doc__.partition("\n")[0])
    top.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    subparsers = top.add_subparsers(metavar="COMMAND", required=True)
    asked = verbs() if verb is None else {verb: _verb(verb)}
    for each in asked.values():
        each.add(subparsers)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; the exit code: 0 done, 1 some submissions not graded, 2 usage or set-up."""
    words = list(sys.argv[1:] if words is None else words)
    try:
        _refuse_unknown(words)
        arguments = parser(words[0] if words and words[0] in _names() else None).parse_args(words)
        code = cast("int", arguments.run(arguments))
        sys.stdout.flush()
    except ModuleNotFoundError as error:
        if _is_ours(error):
            raise
        print(f"grader: {lacking(words[0], error.name or str(error))}", file=sys.stderr)
        return SetupError.exit_code
    except GraderError as error:
        print(f"grader: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(STOPPED, file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        if not _is_unread():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what Python flushes later
        return UNREAD
    return code


def _is_unread() -> bool:
    """Whether whoever read the output has seen enough, such as `head`."""
    out = select.poll()
    out.register(sys.stdout.fileno(), 0)
    return any(event & select.POLLERR for _, event in out.poll(0))


def _refuse_unknown(words: Sequence[str]) -> None:
    """Name the nearest command; argparse would only list them all."""
    known = _names()
    if not words or words[0].startswith("-") or words[0] in known:
        return
    near = nearest(words[0], known)
    hint = f"Did you mean `grader {near}`?" if near else f"There are: {', '.join(known)}."
    message = f"there is no command {words[0]!r}. {hint}"
    raise UsageError(message)
