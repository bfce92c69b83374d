"""nbgrader's configuration of this course, read by every nbgrader command and by formgrader.

Nothing here has to be changed to grade with the referee. To run without a sandbox, say it out loud:
`configure(get_config(), root=ROOT, settings=RunSettings(sandbox="none"))`.
"""

from pathlib import Path

from grader.classroom.nbgrader import configure

ROOT = Path(__file__).parent

configure(get_config(), root=ROOT)  # type: ignore[name-defined]  # noqa: F821 - nbgrader gives it
