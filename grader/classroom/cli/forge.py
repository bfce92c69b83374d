"""`grader forge`: a unit's repositories for GitHub or GitLab, with the workflows in them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader forge github|gitlab UNIT`."""
    verb = subparsers.add_parser(
        "forge", help="make a unit's repositories for GitHub or GitLab, with their workflows"
    )
    verb.add_argument("forge", metavar="FORGE", help="github or gitlab")
    verb.add_argument("unit", metavar="UNIT", help="such as 01_rnn")
    verb.add_argument("--to", metavar="DIR", type=Path, help="a new folder for them")
    verb.add_argument(
        "--fail-under",
        metavar="N",
        default="50%",
        help="points that make a learner's own check green (50%%)",
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write both folders; say which is whose, and what the forge has to keep."""
    from grader.classroom.ci_output import checked_points
    from grader.classroom.course_paths import find_course
    from grader.classroom.grading.secret_key import SECRET, class_secret
    from grader.classroom.publish.forge_files import FORGES, write
    from grader.core.errors import UsageError

    if arguments.forge not in FORGES:
        message = f"There is no forge {arguments.forge!r}. There are: {', '.join(FORGES)}."
        raise UsageError(message)
    least = checked_points(arguments.fail_under)
    course = find_course()
    (unit,) = course.chosen([arguments.unit])
    folder = arguments.to or course.root / "build" / arguments.forge / unit
    write(course, unit, arguments.forge, least, folder)
    print(f"{folder}/learners: what each learner's repository begins with; it holds no secret")
    print(f"{folder}/teacher: a private repository of yours; it holds the unit's solutions")
    class_secret(course)  # made where it is not
    print(
        f"Among its secrets set GRADER_SECRET to what {course.classroom / SECRET} holds, and "
        "LEARNERS_TOKEN to a token that reads learners' repositories; name these in learners.txt."
    )
    return 0
