"""`grader hub-profile`: the files that a JupyterHub needs for a class."""

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader hub-profile DIR`."""
    verb = subparsers.add_parser(
        "hub-profile",
        help="write what a JupyterHub needs for this class",
        epilog="Run it as the user who owns the course, with the Python that learners' servers "
        "use; docs/jupyterhub.md says where the files go.",
    )
    verb.add_argument("folder", metavar="DIR", type=Path, help="a new folder for the files")
    verb.add_argument(
        "--teacher",
        action="append",
        metavar="NAME",
        help="a user of the hub who may open formgrader, once for each (default: you)",
    )
    verb.add_argument(
        "--account",
        metavar="NAME",
        default=getpass.getuser(),
        help="the user of the machine who owns the course (default: you)",
    )
    verb.add_argument(
        "--memory", default="2G", metavar="SIZE", help="the most of a learner's server (2G)"
    )
    verb.add_argument(
        "--port", type=int, default=9999, metavar="N", help="a free port for formgrader (9999)"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files; say what to do with them."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.hub.profile import HubProfile
    from grader.classroom.nbgrader.config_loading import exchange_of, home

    course = find_course()
    named = exchange_of(course)
    profile = HubProfile(
        course_id=named.course_id,
        exchange=named.root,
        root=course.root,
        home=home(course),
        account=arguments.account,
        teachers=tuple(arguments.teacher or [arguments.account]),
        memory=arguments.memory,
        port=arguments.port,
    )
    for path in profile.write(arguments.folder):
        print(path)
    print(
        f"The hub opens formgrader of {named.course_id} at /services/{named.course_id}/formgrader "
        f"for {', '.join(profile.teachers)}. docs/jupyterhub.md says where each file goes."
    )
    return 0
