"""`grader collect ARCHIVE|FOLDER`: take what a learning platform hands out into `submitted/`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.collect.platforms import SYSTEMS
from grader.classroom.command_options import add_json, write_json
from grader.core.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers
    from grader.classroom.collect.collecting import CollectReport

_MOST_LEFT, _FEW = 20, 5  # more files that were left are counted


def add(subparsers: "Subparsers") -> None:
    """Declare `grader collect`."""
    verb = subparsers.add_parser(
        "collect", help="take an archive or a folder of submissions into submitted/"
    )
    verb.add_argument("source", metavar="ARCHIVE|FOLDER", type=Path, help="what was handed out")
    verb.add_argument(
        "--from",
        dest="system",
        choices=SYSTEMS,
        help="who made it (default: found out by the names in it)",
    )
    verb.add_argument("--unit", metavar="UNIT", help="such as 01_rnn; take this unit only")
    verb.add_argument(
        "--names",
        metavar="CSV",
        type=Path,
        help="names as they stand in the archive, and ids of the class: two columns",
    )
    verb.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
    add_json(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Place everything that can be; exit code 1 where something could not."""
    from grader.classroom.collect.archives import opened
    from grader.classroom.collect.collecting import CollectRequest, collect
    from grader.classroom.collect.course_folders import refuse_course
    from grader.classroom.collect.student_matching import read_names
    from grader.classroom.course_paths import find_course
    from grader.classroom.grading_lock import only_one
    from grader.classroom.nbgrader.student_list import listed
    from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks

    course = find_course()
    if arguments.unit is not None:
        course.chosen([arguments.unit])
    refuse_course(arguments.source, course)
    names = read_names(arguments.names) if arguments.names else {}
    releases = ReleasedNotebooks.of(course.root)
    if not releases.masters:
        message = f"{course.notebooks} holds no released unit. Run `grader release` first."
        raise UsageError(message)
    asked = CollectRequest(arguments.system or "", arguments.unit, names, arguments.dry_run)
    with opened(arguments.source) as source, only_one(course):
        done = collect(
            source, arguments.source, releases, listed(course), course.classroom.resolve(), asked
        )
    if arguments.json != "-":
        _tell(done, course.submitted, dry=arguments.dry_run)
    write_json(report(done), arguments.json)
    return 1 if done.unplaced or not done.placed else 0


def report(done: "CollectReport") -> dict[str, object]:
    """What `--json` writes."""
    return {
        "schema": 1,
        "from": done.system,
        "placed": [
            {
                "student": each.student,
                "unit": each.unit,
                "source": each.source,
                "changed": each.changed,
                "remarks": list(each.remarks),
            }
            for each in done.placed
        ],
        "not_placed": [{"path": path, "why": why} for path, why in done.unplaced],
        "others": [{"path": path, "why": why} for path, why in done.others],
        "notes": done.notes,
    }


def _tell(done: "CollectReport", submitted: Path, *, dry: bool) -> None:
    for unit in sorted({each.unit for each in done.placed}):
        mine = [each for each in done.placed if each.unit == unit]
        new = sum(each.changed for each in mine)
        verb = "would be" if dry else "are"
        told = f"{len(mine)} submissions {verb} in {submitted}, {new} of them new"
        print(f"{unit}: {told} (read as {done.system})")
        for each in sorted(mine, key=lambda each: each.student):
            for remark in each.remarks:
                print(f"  {each.student}: {remark}")
    for path, why in sorted(dict.fromkeys(done.unplaced)):
        print(f"NOT PLACED {path}: {why}")
    left = sorted(dict.fromkeys(done.others))
    shown = left if len(left) <= _MOST_LEFT else left[:_FEW]
    for path, why in shown:
        print(f"left {path}: {why}")
    if len(left) > len(shown):
        print(f"left {len(left) - len(shown)} more like these; --json FILE names all")
    for note in done.notes:
        print(f"note: {note}")
    if not done.placed:
        print("Nothing was placed.")
