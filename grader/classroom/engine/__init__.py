"""Run untrusted notebooks: `run_class` runs many at once, `run_one` is one of them.

`PoolOptions` says who runs them (this process, worker processes, a cluster), `WorkerEnvironment`
what they need.
"""

from collections.abc import Callable, Generator, Iterable

from grader.classroom.engine.environment import WorkerEnvironment
from grader.classroom.engine.jobs import Job, Result
from grader.classroom.engine.runner import run, run_one, run_safely
from grader.classroom.engine.worker_options import PoolOptions

__all__ = ["Job", "PoolOptions", "Result", "WorkerEnvironment", "run", "run_class", "run_one"]

Begin = Callable[[int], None]


def ignore(number: int) -> None:
    """Nobody wants to know that a job begins."""


def run_class(
    jobs: Iterable[Job],
    place: WorkerEnvironment,
    pool: PoolOptions,
    count: int,
    begin: Begin = ignore,
) -> Generator[tuple[int, Result], None, None]:
    """Run the `count` jobs; yields (place in the order given, result) as each ends.

    `begin` is told the place of each job that is handed to a worker.

    Raises SetupError where the sandbox, the data or a worker is missing.
    """
    if pool.is_alone(count):
        launcher, box = place.here()
        launcher.get_ready(box)  # while the first job is made
        try:
            for number, job in enumerate(jobs):
                begin(number)
                yield number, run_safely(job, launcher, box)
        finally:
            launcher.close()
        return
    # Dask takes a second to import, which a class without new work never needs
    from grader.classroom.engine.dask_cluster import run_on_cluster

    yield from run_on_cluster(jobs, place, pool, count, begin)
