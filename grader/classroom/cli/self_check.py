"""`grader self-check`: what a notebook's own checks say, without a person to press Run All."""

import argparse
import sys
from typing import TYPE_CHECKING

from grader.classroom.ci_output import CiOutput, add_ci
from grader.core.messages import points

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader self-check UNIT|NOTEBOOK`."""
    verb = subparsers.add_parser(
        "self-check", help="run your notebook's own checks; no points depend on it"
    )
    verb.add_argument("notebook", metavar="UNIT", help="such as 01_rnn; or a notebook")
    add_ci(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run it and print what each check said.

    Exit code 1 where it cannot be read or has fewer points than `--fail-under`.
    """
    from grader.classroom.self_check import notebook_of, run_checks

    ci = CiOutput.of(arguments)
    path = notebook_of(arguments.notebook)
    told = run_checks(path)
    score = sum(verdict.points for verdict in told.verdicts.values())
    maximum = sum(verdict.maximum for verdict in told.verdicts.values())
    with ci.without_commands(sys.stdout):
        for name, each in told.verdicts.items():
            print(f"{name}: {each.outcome}, {each.points:g} of {points(each.maximum)}")
            if each.points < each.maximum:
                print("\n".join(f"    {line}" for line in each.message.splitlines()))
    print(f"{told.unit}: {score:g} of {maximum:g} points, by the notebook's own checks")
    if told.withheld:
        print(f"Your teacher marks {', '.join(told.withheld)}.")
    ci.annotate(str(path), told.data, told.verdicts, sys.stdout)
    ci.write(told.unit, told.verdicts)
    missed = ci.missed(told.unit, score, maximum)
    if missed:
        print(missed, file=sys.stderr)
    return 1 if missed else 0
