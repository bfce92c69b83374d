"""What a worker process of this machine does before its first job; Dask calls `dask_setup`."""

from grader.core.interrupts import ignore_interrupts


def dask_setup(worker: object) -> None:  # noqa: ARG001 - Dask's signature
    """Leave Ctrl-C to the grader, which ends its workers."""
    ignore_interrupts()
