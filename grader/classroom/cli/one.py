"""`grader one NOTEBOOK`: grade one file, with no class, no gradebook and nothing kept of it.

A folder stands for the one notebook in it, as services lay out what was handed in.
"""

import argparse
import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.ci_output import CiOutput, add_ci
from grader.classroom.command_options import add_json, add_running, settings_of, write_json
from grader.core.errors import SubmissionError, UsageError
from grader.core.messages import points
from grader.core.plain_text import one_line

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers
    from grader.classroom.engine import Result

GRADESCOPE = "gradescope"
_NAMED, _LONGEST = 5, 300


def add(subparsers: "Subparsers") -> None:
    """Declare `grader one`."""
    verb = subparsers.add_parser("one", help="grade one notebook; no class is needed")
    verb.add_argument(
        "notebook", metavar="NOTEBOOK", type=Path, help="a notebook, or a folder that holds one"
    )
    add_running(verb)
    add_json(verb)
    verb.add_argument(
        "--format",
        choices=("report", GRADESCOPE),
        default="report",
        help="gradescope: print its results.json, or write it where --json says",
    )
    add_ci(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade it and print the verdicts.

    Exit code 1 where it could not be graded or has fewer points than `--fail-under`.
    """
    from grader.classroom.export import github, gradescope
    from grader.classroom.grading.entries import Entry
    from grader.classroom.report.tables import console, verdict_table

    ci = CiOutput.of(arguments)
    target = arguments.json or ("-" if arguments.format == GRADESCOPE else None)
    out = sys.stderr if target == "-" else sys.stdout
    name = str(arguments.notebook)
    try:
        data = _read(arguments.notebook)
        unit, result = _graded(arguments, data)
    except SubmissionError as error:
        if ci.is_annotated:
            print(github.command("error", name, "not graded", str(error)), file=out)
        if arguments.format == GRADESCOPE:
            unread = Entry(arguments.notebook.stem, "", problem=str(error))
            write_json(gradescope.results(unread), target)
        raise
    report = result.report
    entry = Entry(arguments.notebook.stem, unit, report)
    with ci.without_commands(out):
        console(out).print(verdict_table(list(entry.verdicts.values())))
        print(f"{unit}: {report.score:g} of {points(report.maximum)}", file=out)
    ci.annotate(name, data, entry.verdicts, out)
    ci.write(unit, entry.verdicts)
    is_gradescope = arguments.format == GRADESCOPE
    write_json(gradescope.results(entry) if is_gradescope else report.to_json(), target)
    if not entry.graded:
        return 1
    missed = ci.missed(unit, report.score, report.maximum)
    if missed:
        print(missed, file=sys.stderr)
    return 1 if missed else 0


def _graded(arguments: argparse.Namespace, data: bytes) -> "tuple[str, Result]":
    """The unit and the result of a notebook. Raises SubmissionError for what cannot be read."""
    from dataclasses import replace

    from grader.classroom.course_paths import find_course
    from grader.classroom.engine import PoolOptions
    from grader.classroom.grading import pending_runs
    from grader.classroom.grading.planning import Planner
    from grader.classroom.nbgrader.released_source import refuse_unreleased
    from grader.classroom.submissions.submitting import unit_of

    course = find_course()
    # its secret and the references' score cards: the same for every notebook graded like this
    course = replace(course, classroom=course.root / "build" / "one")
    settings = settings_of(arguments)
    unit = unit_of(course.root, data)
    refuse_unreleased(course, unit)
    planner = Planner.of(course, unit, settings)
    work = planner.work(arguments.notebook.stem, data)
    if work.problem:
        raise SubmissionError(work.problem)
    result = pending_runs.decided(course, planner, work, settings)
    if result is None:
        _, result = next(iter(pending_runs.run(course, [work], settings, PoolOptions())))
    return unit, result


def _read(path: Path) -> bytes:
    """The file's content; raises UsageError where a file that was named cannot be read."""
    from grader.classroom.notebooks.rebuilding import LARGEST_FILE
    from grader.classroom.submissions.untrusted_files import read_ordinary

    if path.is_dir():
        return read_ordinary(_only_notebook(path), LARGEST_FILE)
    if not path.exists():
        raise UsageError(_no_file(path))
    try:
        # a teacher's own link is followed
        return read_ordinary(path.resolve(), LARGEST_FILE)
    except (SubmissionError, OSError) as error:
        message = f"{path} cannot be read: {error}"
        raise UsageError(message) from error


def _no_file(path: Path) -> str:
    """Say that a path leads nowhere, with the names in its folder that are nearest."""
    folder = path.parent
    if not folder.is_dir():
        return f"{path} is no file: there is no folder {folder}."
    names = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    notebooks = [name for name in names if name.endswith(".ipynb")]
    near = difflib.get_close_matches(path.name, names) or notebooks[:_NAMED]
    if not near:
        return f"{path} is no file, and {folder.resolve()} holds no notebook."
    told = one_line(", ".join(near), _LONGEST)
    return f"{path} is no file. In {folder.resolve()} there is {told}."


def _only_notebook(folder: Path) -> Path:
    """The notebook that was handed in. Raises SubmissionError for none, and for several."""
    found = sorted(
        path
        for path in folder.rglob("*.ipynb")
        if not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
    )
    if len(found) == 1:
        return found[0]
    names = ", ".join(str(path.relative_to(folder)) for path in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    told = (
        f"{len(found)} notebooks were handed in: {names}{more}"
        if found
        else ("No notebook (a file that ends in .ipynb) was handed in")
    )
    message = f"{one_line(told, _LONGEST)}. Hand in the one notebook of the unit, and only that."
    raise SubmissionError(message)
