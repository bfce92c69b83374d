"""Worker processes of this distributed are forked from one that has imported what we name."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from grader.classroom.engine import dask_preload

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys

def tell(pipe):
    pipe.send("colorsys" in sys.modules)

if __name__ == "__main__":
    import dask
    from distributed.utils import get_mp_context
    from grader.classroom.engine.distributed_compat import preload_in_workers
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
        preload_in_workers(["colorsys"])
        context = get_mp_context()
    ours, theirs = context.Pipe()
    process = context.Process(target=tell, args=(theirs,))
    process.start()
    print(ours.recv())
    process.join()
"""


def test_a_worker_leaves_ctrl_c_to_the_grader() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        dask_preload.dask_setup(None)
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_is_named_is_imported_before_a_worker_starts(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    ran = [sys.executable, str(script)]
    paths = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(ran, env=paths, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr
