"""The floor under grading: the cells of submissions and nothing else, torch imported before.

No notebook server, no sandbox, no gradebook, no judgement: an IPython shell without a kernel runs
the same cells, and each check cell does what the judge asks of the answer. `benchmarks.grading`
starts as many of these as the grader has workers; each asks for the next submission on its standard
input and says what it took on its standard output.
"""

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
os.environ["NBGRADER_EXECUTION"] = "autograde"

import nbformat

from grader.core.judgement import judge
from grader.core.names import answer_cell
from grader.core.question import PreparedQuestion
from grader.core.requests import Reply, Request
from grader.wire import channels
from grader.wire.perform import Performer

DEMONSTRATION = "demonstration"


@dataclass
class Taken:
    """What one submission took: `graded` of `cpu` went into graded questions' cells.

    `judging` is the wall time of the judge, which a grader spends outside the notebook; it is in
    neither `wall` nor `cpu`. `failed`: questions without all points.
    """

    wall: float = 0.0
    cpu: float = 0.0
    graded: float = 0.0
    judging: float = 0.0
    failed: int = 0


class Direct:
    """A channel without a referee: does what the judge asks, in this process."""

    def __init__(self, questions: Mapping[str, PreparedQuestion], taken: Taken) -> None:
        self._questions = questions
        self._taken = taken

    def check(self, question_id: str, answer: object) -> None:
        """Have the answer do everything that a graded run asks of it; nothing if nobody asks."""
        if question_id not in self._questions:
            return
        performer = Performer(answer)
        inside = 0.0

        def ask(request: Request) -> Reply:
            nonlocal inside
            start = time.perf_counter()
            reply = performer.perform(request)
            inside += time.perf_counter() - start
            return reply

        start = time.perf_counter()
        verdict = judge(self._questions[question_id], ask)
        self._taken.judging += time.perf_counter() - start - inside
        self._taken.failed += verdict.points < verdict.maximum


def run(
    path: Path, questions: Mapping[str, PreparedQuestion], folder: Path, *, everything: bool
) -> Taken:
    """Run the cells of a rebuilt notebook, in `folder`, in a shell of their own."""
    from IPython.core.interactiveshell import InteractiveShell

    taken = Taken()
    notebook = nbformat.read(path, as_version=4)
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance(history_manager=None)
    channels.install(Direct(questions, taken))
    os.chdir(folder)
    answers = {answer_cell(name) for name in questions}
    wall, cpu = time.perf_counter(), time.process_time()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if not everything and DEMONSTRATION in cell.metadata.get("tags", []):
            continue
        before, judged = time.process_time(), taken.judging
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            result = shell.run_cell(cell.source, store_history=True)
        if not result.success and cell.id in {*questions, *answers}:
            message = (
                f"{path.name}, cell {cell.id}: {result.error_in_exec or result.error_before_exec!r}"
            )
            raise RuntimeError(message)
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in questions or name in answers:
            taken.graded += time.process_time() - before - (taken.judging - judged)
    taken.wall = time.perf_counter() - wall - taken.judging
    taken.cpu = time.process_time() - cpu - taken.judging
    return taken


def main() -> None:
    """Answer requests until there are no more: one JSON object a line, both ways."""
    import pickle

    from grader.worker.fork_server import warm_up

    warm_up()
    out = sys.stdout
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        questions = pickle.loads(Path(asked["questions"]).read_bytes())  # noqa: S301 - our own
        taken = run(
            Path(asked["notebook"]),
            questions,
            Path(asked["folder"]),
            everything=asked["everything"],
        )
        print(json.dumps(asdict(taken)), file=out, flush=True)


if __name__ == "__main__":
    main()
