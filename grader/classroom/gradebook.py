"""Where release 0.1.0 had `configure`: the nbgrader_config.py of older classes goes on working."""

from grader.classroom.nbgrader import RunSettings as Settings
from grader.classroom.nbgrader import configure

__all__ = ["Settings", "configure"]
