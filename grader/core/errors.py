"""Every error this package raises on purpose.

    GraderError                 prints its message, never a traceback
    ├── UsageError      exit 2  the command was given something it cannot use
    ├── SetupError      exit 2  this machine lacks something; the message ends in what mends it
    ├── CourseError     exit 2  a lesson, question or quiz file is wrong; names the file
    ├── SubmissionError exit 1  one submission cannot be graded; the class goes on
    └── WireError       exit 1  learner code broke the protocol; it earns nothing by it

A message says what happened (with the user's own values), what was expected, and what mends it.
"""


class GraderError(Exception):
    """Base of all errors whose message is meant for the person who reads it."""

    exit_code = 2


class UsageError(GraderError):
    """A command or function was called with something it cannot use."""


class SetupError(GraderError):
    """Something on this machine is missing or switched off."""


class CourseError(GraderError):
    """A file of the course itself is wrong; only its author can mend it."""


class SubmissionError(GraderError):
    """One submission cannot be read or graded."""

    exit_code = 1


class WireError(GraderError):
    """A frame was malformed, too large, too late or out of turn."""

    exit_code = 1
