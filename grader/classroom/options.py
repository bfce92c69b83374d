"""Options that several verbs share, declared once; not in `cli/`, where every module is a verb."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.classroom.gradebook.settings import DEVICES, SANDBOXES, Settings
from grader.core.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.engine import Crew


def add_units(verb: argparse.ArgumentParser) -> None:
    """`[UNIT…]`, all when left out."""
    verb.add_argument("units", nargs="*", metavar="UNIT", help="such as 01_rnn; all when left out")


def add_running(verb: argparse.ArgumentParser) -> None:
    """How learner code runs."""
    verb.add_argument(
        "--device", choices=DEVICES, default="auto", help="where references run (default: auto)"
    )
    verb.add_argument(
        "--sandbox",
        choices=SANDBOXES,
        default="bwrap",
        help="cold: start a new Python for each submission, as sealed as bwrap but slower; "
        "none: learner code runs as you, with your files; marked in the report",
    )
    verb.add_argument(
        "--everything", action="store_true", help="run cells that only demonstrate, too"
    )


def settings_of(arguments: argparse.Namespace) -> Settings:
    """What `add_running` was told."""
    return Settings(arguments.device, arguments.sandbox, arguments.everything)


def add_crew(verb: argparse.ArgumentParser) -> None:
    """Who runs submissions."""
    verb.add_argument(
        "--workers", type=int, metavar="N", help="how many run at once (default: one a core)"
    )
    verb.add_argument(
        "--scheduler", metavar="ADDR", help="a Dask scheduler whose workers run them instead"
    )
    verb.add_argument(
        "--slot",
        action="append",
        metavar="NAME=N",
        help="what each takes of the resources of that scheduler's workers, such as GPU=1",
    )


def crew_of(arguments: argparse.Namespace) -> "Crew":
    """What `add_crew` was told. Raises UsageError for what cannot be."""
    from grader.classroom.engine.crew import Crew

    return Crew.of(arguments.workers, arguments.scheduler, arguments.slot)


def add_json(verb: argparse.ArgumentParser) -> None:
    """`--json FILE`."""
    verb.add_argument("--json", metavar="FILE", help="write the report there; - prints it")


def write_json(content: dict[str, Any], target: str | None) -> None:
    """Write `content` where `--json` says: a file, "-" for standard output, None."""
    if target is None:
        return
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        try:
            Path(target).write_text(text, encoding="utf-8")
        except OSError as error:
            message = f"The report cannot be written to {target}: {error.strerror}."
            raise UsageError(message) from error
