"""`python -m grader`: the same as the command `grader`, for machines without make or an install."""

import sys

from grader.classroom.cli import main

if __name__ == "__main__":
    sys.exit(main())
