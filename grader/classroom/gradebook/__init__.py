"""The one place that imports nbgrader: its release step, its gradebook, its feedback.

`configure` is what `nbgrader_config.py` calls; it imports nothing of nbgrader, so that every
nbgrader command starts as quickly as it can.
"""

from grader.classroom.gradebook.configure import configure
from grader.classroom.gradebook.settings import Settings

__all__ = ["Settings", "configure"]
