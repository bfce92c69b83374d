"""distributed's internals that the engine relies on, written for distributed 2026.8.0."""

from collections.abc import Sequence

from distributed import utils

from grader.core.library_internals import require

WRITTEN_FOR = "2026.8.0"


def preload_in_workers(modules: Sequence[str]) -> None:
    """Have the process that worker processes are forked from import `modules`, and no others.

    By default it imports every package that distributed can work with and finds installed: pandas,
    pyarrow and so on. No option names the list (github.com/dask/distributed/pull/5475 is open), so
    it is set behind distributed's own, which `get_mp_context` sets at its first call. It has no
    effect where workers are spawned.
    """
    require("distributed", WRITTEN_FOR, utils, "get_mp_context")
    context = utils.get_mp_context()
    require("distributed", WRITTEN_FOR, context, "set_forkserver_preload")
    context.set_forkserver_preload(list(modules))
