"""`python -m grader`: the same as the command `grader`, for machines without make or an install."""

import sys

if __name__ == "__main__":
    # before anything else is read: an older Python stops at our syntax, and says only that
    if sys.version_info < (3, 11):  # noqa: UP036 - pip has not been asked yet
        sys.exit(
            "This course needs Python 3.11 or newer; this one is {}.{}, {}. Name another one, such "
            "as `python3.12 -m grader ...` or `make lab PYTHON=python3.12`.".format(
                *sys.version_info[:2], sys.executable
            )
        )
    from grader.classroom.cli import main

    sys.exit(main())
