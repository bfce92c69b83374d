"""Options that several verbs share, declared once; not in `cli/`, where every module is a verb."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.classroom.grading.settings import DEVICES, SANDBOXES, RunSettings, sandbox_name
from grader.core.errors import UsageError
from grader.core.plain_text import finite

if TYPE_CHECKING:
    from grader.classroom.course_paths import Course
    from grader.classroom.engine import PoolOptions
    from grader.classroom.grading.entries import Entry


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
        type=sandbox_name,
        default="warm",
        help="warm (default): fork a process that has imported torch; cold: start a new Python for "
        "each submission, as sealed but slower; "
        "user: as another user of this machine, for containers where there is no sandbox; "
        "none: learner code runs as you, with your files; the last two are marked in the report",
    )
    verb.add_argument(
        "--everything", action="store_true", help="run cells that only demonstrate, too"
    )


def settings_of(arguments: argparse.Namespace) -> RunSettings:
    """What `add_running` was told."""
    return RunSettings(arguments.device, arguments.sandbox, arguments.everything)


def add_pool(verb: argparse.ArgumentParser) -> None:
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


def pool_of(arguments: argparse.Namespace) -> "PoolOptions":
    """What `add_pool` was told. Raises UsageError for what cannot be."""
    from grader.classroom.engine.worker_options import PoolOptions

    return PoolOptions.of(arguments.workers, arguments.scheduler, arguments.slot)


def add_json(verb: argparse.ArgumentParser) -> None:
    """`--json FILE`."""
    verb.add_argument("--json", metavar="FILE", help="write the report there; - prints it")


def write_json(content: dict[str, Any], target: str | None) -> None:
    """Write `content` where `--json` says: a file, "-" for standard output, None."""
    if target is None:
        return
    text = json.dumps(finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        try:
            Path(target).write_text(text, encoding="utf-8")
        except OSError as error:
            message = f"The report cannot be written to {target}: {error.strerror}."
            raise UsageError(message) from error


def refuse_nothing(course: "Course", classes: "Mapping[str, Sequence[Entry]]") -> None:
    """Raise UsageError where no unit has a submission; `grader grade` says the same."""
    if not any(entry.absent is None for entries in classes.values() for entry in entries):
        message = (
            f"There is no submission of {', '.join(classes)}. Submissions lie at "
            f"{course.submission(next(iter(classes)), '<student>')}."
        )
        raise UsageError(message)


def tell_waiting(entries: "Sequence[Entry]") -> None:
    """Count and name who has no mark, with the reason."""
    waiting = [entry for entry in entries if not entry.graded]
    if waiting:
        print(f"{waiting[0].unit}: {len(waiting)} have no mark, and no number stands for them:")  # noqa: T201
    for entry in waiting:
        print(f"  {entry.student}: {entry.reason}")  # noqa: T201
    missing = [entry.student for entry in entries if entry.absent == "missing"]
    if missing:
        print(f"{entries[0].unit}: missing: {', '.join(missing)}")  # noqa: T201
    gone = [entry.student for entry in entries if entry.absent == "withdrawn"]
    if gone:
        print(f"{entries[0].unit}: withdrawn, left out: {', '.join(gone)}")  # noqa: T201
