"""Release 0.1.0's name of `notebooks.rebuilding`, for scripts written for it; goes with 0.3."""

from grader.classroom.notebooks.rebuilding import dumps, loads, packed, rebuild

__all__ = ["dumps", "loads", "packed", "rebuild"]
