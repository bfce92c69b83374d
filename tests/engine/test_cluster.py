"""Many at once: the same verdicts as one by one, on this machine's workers and on a cluster's."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.classroom.engine import Job, PoolOptions, Result, WorkerEnvironment, run_class
from grader.classroom.engine.serialization import MissingQuestions, Packer, Unpacker
from grader.classroom.sandbox import Limits, SandboxSpec
from grader.core.errors import SetupError, UsageError
from grader.core.question import Draw, Repair, RepairQuestion
from grader.core.requests import Rows
from grader.core.values import Tensor
from tests.engine.conftest import COURSE, IMPORTS, RIGHT, answered, notebook, question

WRONG = "def double(x):\n    return 0"
SQUARED = "def double(x):\n    return x * x"
# Ends the process that runs the sandbox: possible only where there is no sandbox.
MURDER = "import os\nos.kill(os.getppid(), 9)\nos._exit(0)"
BOX = SandboxSpec(course=COURSE, limits=Limits(memory_mib=512, grace_seconds=2.0))


def job(student: str, answer: str = RIGHT, seconds: float = 60.0) -> Job:
    cells = notebook([IMPORTS, *answered("t-one", answer)])
    return Job(student, "99_test", cells, {"t-one": question("t-one", seconds)})


def ledger(results: dict[int, Result]) -> dict[int, Any]:
    """Everything of each report that is not a time."""
    found = {}
    for number, result in sorted(results.items()):
        asked = result.report.to_json()["questions"].items()
        mine = {name: {k: v for k, v in q.items() if k != "seconds"} for name, q in asked}
        found[number] = (result.report.student, result.report.score, mine)
    return found


# An endless loop is ended by an interrupt, which must reach it in a worker's child, too.
ENDLESS = "def double(x):\n    while True: pass"
CLASS = [job("ann"), job("bob", WRONG), job("cyd", SQUARED), job("dan", ENDLESS, 2.0)]


@pytest.mark.sandbox
def test_two_workers_give_the_ledger_of_one() -> None:
    place = WorkerEnvironment.of("warm", BOX)
    alone = dict(run_class(CLASS, place, PoolOptions(1), len(CLASS)))
    both = dict(run_class(CLASS, place, PoolOptions(2), len(CLASS)))
    assert ledger(both) == ledger(alone)
    outcomes = [both[n].verdicts["t-one"].outcome for n in range(4)]
    assert outcomes == ["passed", "wrong", "wrong", "too slow"]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers, started as on other machines; the scheduler's address."""
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    dask = [sys.executable, "-m", "dask"]
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    log = (tmp_path / "scheduler.log").open("w+")
    started = [
        subprocess.Popen([*dask, "scheduler", *options], stderr=subprocess.PIPE, env=environment)
    ]
    stderr = started[0].stderr
    assert stderr is not None
    heard = b""
    while (found := re.search(rb"tcp://127\.0\.0\.1:\d+", heard)) is None:
        line = stderr.readline()
        assert line, heard
        heard += line
    address = found[0].decode()
    alone = ["--nthreads", "1", "--nworkers", "1", "--memory-limit", "0", "--no-dashboard"]
    alone += ["--resources", "GPU=1"]  # a name to Dask: no such device has to be there
    started += [
        subprocess.Popen([*dask, "worker", address, *alone], stderr=log, env=environment)
        for _ in range(2)
    ]
    try:
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(20)
        stderr.close()
        log.close()


@pytest.mark.sandbox
def test_a_cluster_of_two_workers_gives_the_ledger_of_this_machine(cluster: str) -> None:
    place = WorkerEnvironment.of("warm", BOX)
    here = dict(run_class(CLASS, place, PoolOptions(1), len(CLASS)))
    there = dict(run_class(CLASS, place, PoolOptions.of(None, cluster, ["GPU=1"]), len(CLASS)))
    assert ledger(there) == ledger(here)


def test_slots_bound_how_many_submissions_a_worker_gets() -> None:
    from grader.classroom.engine.dask_cluster import _TaskQueue

    workers = {
        "one": {"nthreads": 4, "resources": {"GPU": 2.0}},
        "two": {"nthreads": 1, "resources": {"GPU": 2.0}},
        "none": {"nthreads": 8, "resources": {}},
    }

    class Told:
        def scheduler_info(self, n_workers: int) -> dict[str, Any]:
            assert n_workers == -1
            return {"workers": workers}

    def threads(**slots: float) -> int:
        client: Any = Told()
        return _TaskQueue(
            client, WorkerEnvironment.of("none", BOX), print, "tcp://there", slots
        )._threads()

    assert threads() == 13
    assert threads(GPU=1.0) == 3
    assert threads(GPU=0.5) == 5
    assert threads(FPGA=1.0) == 0


@pytest.mark.parametrize("slot", ["GPU=none", "=1", "GPU=0", "GPU=-1", "GPU=inf", "GPU=nan"])
def test_a_slot_that_cannot_be_is_refused(slot: str) -> None:
    with pytest.raises(UsageError, match="GPU=1"):
        PoolOptions.of(1, "tcp://127.0.0.1:9", [slot])


def test_slots_belong_to_a_cluster() -> None:
    with pytest.raises(UsageError, match="needs --scheduler"):
        PoolOptions.of(1, None, ["GPU=1"])


def test_who_kills_the_worker_twice_is_broken_and_the_class_goes_on() -> None:
    murderous = [job("ann"), job("mal", MURDER), job("cyd"), job("dan", WRONG)]
    results = dict(
        run_class(murderous, WorkerEnvironment.of("none", BOX), PoolOptions(2), len(murderous))
    )
    outcomes = [results[n].verdicts["t-one"].outcome for n in range(4)]
    assert outcomes == ["passed", "broken", "passed", "wrong"]
    assert "twice" in results[1].verdicts["t-one"].message


def test_a_worker_with_other_data_is_refused_by_name(tmp_path: Path) -> None:
    there = WorkerEnvironment(
        "none",
        SandboxSpec(data=tmp_path),
        WorkerEnvironment.of("none", BOX).program,
        "another hash",
    )
    with pytest.raises(SetupError, match="are not the grader's own"):
        there.here()
    nowhere = WorkerEnvironment("none", SandboxSpec(data=tmp_path / "none"), there.program, "")
    with pytest.raises(SetupError, match="has no data sets"):
        nowhere.here()


def test_a_worker_with_another_package_is_refused() -> None:
    with pytest.raises(SetupError, match="another version"):
        WorkerEnvironment("none", BOX, "another hash", "").here()


def test_what_a_unit_shares_is_sent_to_a_worker_once() -> None:
    rows = Rows(Tensor(np.zeros((2, 3), np.float32), "float32"), Tensor(np.zeros(2), "int64"))
    draw = Draw(rows, rows, rows, Tensor(np.zeros(2, bool), "bool"))
    repair = RepairQuestion("t-repair", "", 4.0, 9.0, repair=Repair("d", "GRU", draws=(draw,)))
    asked = {"t-repair": repair, "t-one": question("t-one")}
    first, second = (Job(s, "99_test", b"{}", asked) for s in ("ann", "bob"))
    packer, unpacker = Packer(), Unpacker()
    lacking = unpacker.unpack(packer.pack(first), {})
    assert isinstance(lacking, MissingQuestions)
    came = unpacker.unpack(packer.pack(first), packer.bodies(lacking))
    assert isinstance(came, Job)
    assert list(came.questions) == ["t-repair", "t-one"]
    again = unpacker.unpack(packer.pack(second), {})
    assert isinstance(again, Job)
    assert again.student == "bob"
    kept = again.questions["t-repair"]
    assert isinstance(kept, RepairQuestion)
    np.testing.assert_array_equal(kept.repair.draws[0].train.x.array, rows.x.array)


@pytest.mark.parametrize(("workers", "scheduler"), [(0, ""), (-1, ""), (1, "localhost")])
def test_a_pool_that_cannot_be_is_refused(workers: int, scheduler: str) -> None:
    with pytest.raises(UsageError, match="expected"):
        PoolOptions(workers, scheduler)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.classroom.engine import dask_cluster as module

    monkeypatch.setattr(module, "CONNECT_SECONDS", 1)
    pool = PoolOptions(scheduler="tcp://127.0.0.1:9")
    with pytest.raises(SetupError, match="No Dask scheduler answers at"):
        list(run_class(CLASS, WorkerEnvironment.of("warm", BOX), pool, len(CLASS)))


def test_workers_that_never_come_back_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.classroom.engine import dask_cluster as module

    monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.3)
    started: Any = vars(module)["LocalCluster"]
    monkeypatch.setattr(module, "LocalCluster", lambda **given: started(**given | {"n_workers": 0}))
    with pytest.raises(SetupError, match="no worker process, and none came back"):
        list(run_class(CLASS, WorkerEnvironment.of("none", BOX), PoolOptions(2), len(CLASS)))
