"""The command `grader`. One file a verb; a new file in this folder is a new verb."""

from grader.classroom.cli.command_line import Subparsers, main

__all__ = ["Subparsers", "main"]
