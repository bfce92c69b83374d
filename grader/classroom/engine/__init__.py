"""Run untrusted notebooks: `run_class` runs many at once, `run_one` is one of them.

`Crew` says who runs them (this process, worker processes, a cluster), `Place` what they need.
"""

from collections.abc import Iterable, Iterator

from grader.classroom.engine.crew import Crew
from grader.classroom.engine.job import Job, Result
from grader.classroom.engine.place import Place
from grader.classroom.engine.run import run, run_one

__all__ = ["Crew", "Job", "Place", "Result", "run", "run_class", "run_one"]


def run_class(
    jobs: Iterable[Job], place: Place, crew: Crew, count: int
) -> Iterator[tuple[int, Result]]:
    """Run the `count` jobs; yields (place in the order given, result) as each ends.

    Raises SetupError where the sandbox, the data or a worker is missing.
    """
    if crew.is_alone(count):
        launcher, box = place.here()
        yield from enumerate(run(jobs, launcher, box))
        return
    # Dask takes a second to import, which a class without new work never needs
    from grader.classroom.engine.cluster import run_on_cluster

    yield from run_on_cluster(jobs, place, crew, count)
