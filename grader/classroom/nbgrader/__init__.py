"""The one place that imports nbgrader: its release step, its gradebook, its feedback.

`configure` is what `nbgrader_config.py` calls; it imports nothing of nbgrader, so that every
nbgrader command starts as quickly as it can.
"""

from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.configuration import configure

__all__ = ["RunSettings", "configure"]
