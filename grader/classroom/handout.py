"""Release 0.1.0's name of `publish.handout_archive`, for scripts written for it; goes with 0.3."""

from grader.classroom.publish.handout_archive import Handout, make

__all__ = ["Handout", "make"]
