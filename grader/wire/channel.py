"""Release 0.1.0's name of `channels`, for scripts written for it; goes with release 0.3."""

from grader.wire.channels import Channel, current, install

__all__ = ["Channel", "current", "install"]
