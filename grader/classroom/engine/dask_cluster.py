"""Many submissions at once on Dask workers: of this machine, or of a cluster that is there.

As many jobs are under way as there are worker threads, and no more: memory stays flat however large
the class is, and when a worker dies it is clear whose job killed it. Workers need this package and
the data sets; all else travels with the job.
"""

import contextlib
import logging
import multiprocessing
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster
from distributed.comm.core import CommClosedError
from distributed.security import Security

from grader.classroom.engine.distributed_compat import preload_in_workers
from grader.classroom.engine.environment import WorkerEnvironment
from grader.classroom.engine.jobs import Job, Result
from grader.classroom.engine.runner import broken, run_safely
from grader.classroom.engine.serialization import (
    MissingQuestions,
    Packer,
    SerializedJob,
    Unpacker,
    pack_result,
    unpack_result,
)
from grader.classroom.engine.worker_options import PoolOptions
from grader.core.errors import SetupError
from grader.core.interrupts import hold_interrupts

# A worker that dies of a job may have been unlucky once.
KILLS_ALLOWED = 1
CONNECT_SECONDS = 30
_START = next(n for n in ("forkserver", "spawn") if n in multiprocessing.get_all_start_methods())
# How often to look whether anybody is left to work, and how long a machine may lack a worker.
LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 120.0
LOST = (
    "The connection to {address} is lost. What is done is kept: start the scheduler and its "
    "workers again where they are not this command's own, then run the same command to go on."
)
DESERTED = (
    "For {seconds:.0f} s there has been no worker process, and none came back. What is done is "
    "kept: run the same command to go on, or with --workers 1, which needs none."
)
WAITING = "The scheduler at %s has no worker now; waiting for one (dask worker %s%s)."
KILLED = "This submission ended its worker process twice; what it needs is more than a worker has"


def run_on_cluster(
    jobs: Iterable[Job],
    place: WorkerEnvironment,
    pool: PoolOptions,
    at_most: int,
    begin: Callable[[int], None],
) -> Iterator[tuple[int, Result]]:
    """Run jobs; yields (place in the order given, result) as they end. `at_most` jobs will come.

    Raises SetupError where no worker can be had, where a worker lacks something, and where the
    scheduler is lost.
    """
    with _dask_settings(), _client(pool, at_most) as client:
        try:
            yield from _TaskQueue(client, place, begin, pool.scheduler, pool.slots).run(jobs)
        except (CommClosedError, TimeoutError, CancelledError) as error:
            message = LOST.format(address=pool.scheduler or "this machine's workers")
            raise SetupError(message) from error


@dataclass
class _TaskQueue:
    """Hands out jobs and takes results back; knows which job each future is."""

    client: Client
    place: WorkerEnvironment
    begin: Callable[[int], None]
    elsewhere: str = ""  # the address of a cluster that others look after
    slots: Mapping[str, float] = field(default_factory=dict)
    _packer: Packer = field(default_factory=Packer)
    _underway: dict[str, tuple[int, Job, SerializedJob]] = field(default_factory=dict)
    _ended: "queue.SimpleQueue[Any]" = field(default_factory=queue.SimpleQueue)

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[int, Result]]:
        """Keep every worker thread busy, with one job ready for the next that is free."""
        coming = enumerate(jobs)
        ready = next(coming, None)
        while ready is not None or self._underway:
            if ready is not None and len(self._underway) < self._slots():
                self._hand_out(*ready)
                ready = next(coming, None)
                continue
            future = self._next_ended()
            number, job, packed_job = self._underway.pop(future.key)
            outcome = self._outcome(future, job)
            if isinstance(outcome, MissingQuestions):
                self._submit(number, job, packed_job, self._packer.bodies(outcome))
                continue
            yield number, outcome

    def _hand_out(self, number: int, job: Job) -> None:
        self._submit(number, job, self._packer.pack(job), {})
        self.begin(number)

    def _submit(
        self, number: int, job: Job, packed_job: SerializedJob, bodies: dict[str, bytes]
    ) -> None:
        future: Any = self.client.submit(
            _run_job, packed_job, bodies, self.place, pure=False, resources=dict(self.slots) or None
        )
        self._underway[future.key] = (number, job, packed_job)
        future.add_done_callback(self._ended.put)

    def _next_ended(self) -> Any:
        """The next future that ends; nobody waits in silence for workers that are gone."""
        alone = 0.0
        while True:
            with contextlib.suppress(queue.Empty):
                return self._ended.get(timeout=LOOK_SECONDS)
            if self._threads():
                alone = 0.0
                continue
            if self.elsewhere and not alone:
                logging.getLogger(__name__).warning(
                    WAITING, self.elsewhere, self.elsewhere, self._wanted()
                )
            alone += LOOK_SECONDS
            if alone >= PATIENCE_SECONDS and not self.elsewhere:
                message = DESERTED.format(seconds=alone)
                raise SetupError(message)

    def _slots(self) -> int:
        """As many jobs as can run now; at least one job waits for a first worker."""
        return max(1, self._threads())

    def _threads(self) -> int:
        """Threads of all workers there are now, as far as their resources reach."""
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return sum(min(int(worker["nthreads"]), *self._reach(worker)) for worker in workers)

    def _reach(self, worker: Mapping[str, Any]) -> list[int]:
        """How many submissions each resource of a worker is enough for, and no bound at all."""
        has: Mapping[str, float] = worker.get("resources", {})
        return [sys.maxsize, *(int(has.get(name, 0.0) // n) for name, n in self.slots.items())]

    def _wanted(self) -> str:
        """What a worker has to be started with."""
        told = " ".join(f"{name}={amount:g}" for name, amount in self.slots.items())
        return f' --resources "{told}"' if told else ""

    def _outcome(self, future: Any, job: Job) -> Result | MissingQuestions:
        try:
            came = future.result()
        except KilledWorker:
            return broken(job, self.place.sandbox, RuntimeError(KILLED), 0.0)
        finally:
            future.release()
        return came if isinstance(came, MissingQuestions) else unpack_result(came)


_unpacker = Unpacker()
_unpacking = threading.Lock()


def _run_job(
    packed_job: SerializedJob, bodies: dict[str, bytes], place: WorkerEnvironment
) -> bytes | MissingQuestions:
    """Run one job in a worker's thread, which lives as long as the worker does."""
    with _unpacking:
        job = _unpacker.unpack(packed_job, bodies)
    if isinstance(job, MissingQuestions):
        return job
    launcher, box = place.here()
    return pack_result(run_safely(job, launcher, box))


@contextlib.contextmanager
def _client(pool: PoolOptions, at_most: int) -> Iterator[Client]:
    if pool.scheduler:
        try:
            client = Client(pool.scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            message = (
                f"No Dask scheduler answers at {pool.scheduler} ({error}). Start one with "
                "`dask scheduler`, and name the address that it prints."
            )
            raise SetupError(message) from error
        with client:
            yield client
        return
    # Dask obeys whoever reaches its port: only this process and its workers hold the keys.
    keys = Security.temporary()
    with hold_interrupts():
        local = LocalCluster(
            n_workers=min(pool.workers, at_most),
            threads_per_worker=1,
            processes=True,
            # sandboxes have limits of their own, which are counted apart
            memory_limit=0,
            # no pages over HTTP: they would tell any user of this machine who is being graded
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            security=keys,
            silence_logs=logging.CRITICAL,
            preload=["grader.classroom.engine.dask_preload"],
        )
    with local, Client(local, security=keys) as client:
        yield client


@contextlib.contextmanager
def _dask_settings() -> Iterator[None]:
    """Dask's own settings and words, for the time of a run."""
    own = {
        "distributed.scheduler.allowed-failures": KILLS_ALLOWED,
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        # Dask looks at its workers a hundred times a second, and at itself fifty times; nobody
        # reads what it finds.
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "10s",
        "distributed.admin.system-monitor.disk": False,
        # One process imports what workers need, and each worker is a fork of it.
        "distributed.worker.multiprocessing-method": _START,
    }
    with dask.config.set(own):
        preload_in_workers(["distributed.nanny", __name__])
        yield
