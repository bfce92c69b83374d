"""`grader submit NOTEBOOK`: hand a notebook in to a class's folder, where there is no exchange."""

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader submit`."""
    verb = subparsers.add_parser("submit", help="hand a notebook in to a class's folder")
    verb.add_argument("notebook", metavar="NOTEBOOK", type=Path, help="my-work/01_rnn/rnn.ipynb")
    verb.add_argument(
        "--to", metavar="FOLDER", type=Path, help="the class's folder (default: classroom/)"
    )
    verb.add_argument("--student", metavar="ID", help="you, in the class (default: your login)")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Copy it; say where it lies now and where the one of before went."""
    from grader.classroom.submissions.submitting import hand_in
    from grader.classroom.working_copy import find_home

    home = find_home(Path.cwd())
    student = arguments.student or _login()
    made = hand_in(home, arguments.notebook, arguments.to or home / "classroom", student)
    if not made.changed:
        print(f"{made.unit} of {student} was handed in already, just like this: {made.path}")
        return 0
    print(f"{made.unit} of {student} is handed in: {made.path}")
    if made.before is not None:
        print(f"What you had handed in before is kept: {made.before}")
    return 0


def _login() -> str:
    """The name that this machine knows the user by; empty where it knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
