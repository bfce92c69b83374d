"""Run untrusted notebooks: `run` takes jobs and yields results; `run_one` is one of them.

Everything that later makes this fast (a warm pool, many machines) comes in behind these two calls.
"""

from grader.classroom.engine.job import Job, Result
from grader.classroom.engine.run import run, run_one

__all__ = ["Job", "Result", "run", "run_one"]
