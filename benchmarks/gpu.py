"""Measure the references and the repairs on a GPU, against the CPU of the same machine.

    make gpu-evidence                   or: python -m benchmarks.gpu [UNIT ...]

Every reference and every repair is trained on five draws on both devices and judged by the bars
that grading applies; the GPU's model is judged once more with the same weights on the CPU. Then as
many references as pay are trained on one GPU at once. It prints the tables, writes docs/gpu.md and
ends with one JSON object. Exit code 0 when every reference and repair holds on the GPU and all
verdicts of equal weights agree, 1 when not, 2 without a GPU (nothing is written then).
`--rehearse` goes through all steps with the CPU in both places and one draw, and writes nothing.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.trials import REFERENCE, REPAIRS, ROOT, Row, draw, find_questions, load, recipes
from benchmarks.trials import rows_of as all_rows
from grader.core.data_recipe import make_draw
from grader.core.judgement import judge
from grader.core.question import PreparedQuestion
from grader.core.verdicts import Outcome, Verdict
from grader.referee.preparation import with_draws
from grader.wire.perform import Performer

PAGE = ROOT / "docs" / "gpu.md"
DRAWS = 5
CPU, CUDA = "cpu", "cuda"
# cuDNN multiplies in TF32, which keeps 10 bits: logits move by a thousandth of their size, and a
# row changes sides only where two logits are nearer to each other than that. In percent.
MEDIANS_AGREE = 0.25
# Perplexities are means over thousands of words, so single words do not count.
PERPLEXITIES_AGREE = 0.01
SIDE_BY_SIDE = (1, 2, 4, 8, 16, 32)
WORTH = 1.05  # one more doubling has to bring so much


@dataclass(frozen=True)
class Trial:
    """One recipe on one draw: judged, with what the same weights get on the CPU."""

    seconds: float
    passed: bool
    medians: dict[str, float]
    passed_on_cpu: bool
    medians_on_cpu: dict[str, float]
    memory_mib: float


@dataclass(frozen=True)
class Load:
    """So many trainings at once: seconds until the last is done, memory of the whole GPU."""

    processes: int
    seconds: float
    memory_mib: float

    @property
    def per_minute(self) -> float:
        """Trainings a minute."""
        return 60 * self.processes / self.seconds


def agree(first: dict[str, float], second: dict[str, float]) -> bool:
    """Whether two score cards are the same but for rounding."""
    return first.keys() == second.keys() and all(
        abs(first[name] - second[name]) <= _tolerance(name, first[name]) for name in first
    )


def _tolerance(name: str, value: float) -> float:
    is_perplexity = value > 100 or name.startswith("bigram")
    return PERPLEXITIES_AGREE * abs(value) if is_perplexity else MEDIANS_AGREE


def train(row: Row, number: int, device: str) -> Trial:
    """Train a recipe on draw `number`; runs in a process that sees that device only."""
    import torch

    from grader import lab

    torch.set_num_threads(1)
    kept: list[torch.nn.Module] = []
    spent: list[float] = []

    def train_model(given: object, val: object) -> torch.nn.Module:
        lab.seed(number)
        start = time.perf_counter()
        model: torch.nn.Module = recipes(row.question)[row.role][row.place][1](given, val)  # type: ignore[arg-type]
        if device == CUDA:
            torch.cuda.synchronize()
        spent.append(time.perf_counter() - start)
        kept.append(model)
        return model

    question = load(row.question)
    prepared = with_draws(question, (make_draw(draw(question, number)),), {})
    verdict = judge(prepared, Performer(train_model).perform)
    same = _judge_weights(prepared, deepcopy(kept[0]).to(CPU))
    memory = 0.0
    if device == CUDA:
        free, total = torch.cuda.mem_get_info()
        memory = (total - free) / 2**20
    return Trial(
        spent[0], _passed(verdict), _medians(verdict), _passed(same), _medians(same), memory
    )


def _judge_weights(prepared: PreparedQuestion, model: object) -> Verdict:
    return judge(prepared, Performer(lambda *_: model).perform)


def _passed(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.PASSED


def _medians(verdict: Verdict) -> dict[str, float]:
    return dict(verdict.details.get("median", {}))


def measure(rows: Sequence[Row], device: str, draws: int) -> dict[Row, list[Trial]]:
    """Train every row on its draws, one after another, in one process on that device."""
    with _pool(1, device) as pool:
        return {row: [_done(pool, row, n, device) for n in range(draws)] for row in rows}


def _done(pool: ProcessPoolExecutor, row: Row, number: int, device: str) -> Trial:
    trial = pool.submit(train, row, number, device).result()
    word = "holds" if trial.passed else "FAILS"
    print(f"{device:4} {row.question.stem} {row.name} {number}: {trial.seconds:.1f} s, {word}")
    return trial


def side_by_side(
    row: Row, device: str, sizes: Sequence[int], train_on: Callable[..., Trial] = train
) -> list[Load]:
    """Train one row in more and more processes at once, as long as it pays."""
    loads: list[Load] = []
    for size in sizes:
        with _pool(size, device) as pool:
            list(pool.map(_warm, [device] * size))
            start = time.perf_counter()
            futures = [pool.submit(train_on, row, n, device) for n in range(size)]
            try:
                memory = max(future.result().memory_mib for future in futures)
            except RuntimeError as error:  # out of the GPU's memory
                print(f"{size} at once do not fit: {str(error).partition(chr(10))[0]}")
                break
            loads.append(Load(size, time.perf_counter() - start, memory))
        print(f"{size} at once: {loads[-1].per_minute:.1f} a minute")
        if len(loads) > 1 and loads[-1].per_minute < WORTH * loads[-2].per_minute:
            break
    return loads


def best(loads: Sequence[Load]) -> Load:
    """The smallest number of processes whose throughput more of them hardly beat."""
    top = max(load.per_minute for load in loads)
    return next(load for load in loads if load.per_minute * WORTH >= top)


def _warm(device: str) -> None:
    """Load torch, and the GPU's context, before time is taken."""
    import torch

    if device == CUDA:
        torch.zeros(1, device=CUDA)
    time.sleep(0.5)  # so that each process takes one of these


def _pool(size: int, device: str) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(size, context, _start, (device,))


def _start(device: str) -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    if device == CPU:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""


def table(on_gpu: dict[Row, list[Trial]], on_cpu: dict[Row, list[Trial]]) -> str:
    """One line a recipe."""
    lines = [
        "| question | recipe | GPU: holds | CPU: holds | GPU s | CPU s | CPU / GPU | agree |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row, trials in on_gpu.items():
        gpu, cpu = mean(t.seconds for t in trials), mean(t.seconds for t in on_cpu[row])
        held, of = sum(t.passed for t in trials), len(trials)
        agreed = sum(agree(t.medians, t.medians_on_cpu) for t in trials)
        lines.append(
            f"| {row.question.stem} | {row.name} | {held} of {of} | "
            f"{sum(t.passed for t in on_cpu[row])} of {of} | {gpu:.2f} | {cpu:.2f} | "
            f"{cpu / gpu:.2f} | {agreed} of {of} |"
        )
    return "\n".join(lines)


def conclusion(
    on_gpu: dict[Row, list[Trial]], on_cpu: dict[Row, list[Trial]], loads: Sequence[Load]
) -> dict[str, object]:
    """The last line: what was measured and what was missed."""
    every = [trial for trials in on_gpu.values() for trial in trials]
    seconds = sum(t.seconds for t in every)
    return {
        "trainings": len(every),
        "held": sum(t.passed for t in every),
        "agree": sum(
            agree(t.medians, t.medians_on_cpu) and t.passed == t.passed_on_cpu for t in every
        ),
        "cpu_over_gpu": sum(t.seconds for ts in on_cpu.values() for t in ts) / seconds,
        "side_by_side": best(loads).processes if loads else 0,
    }


def page(machine: str, made: str, loads: Sequence[Load]) -> str:
    """docs/gpu.md."""
    lines = [f"| {x.processes} | {x.per_minute:.1f} | {x.memory_mib:,.0f} |" for x in loads]
    return "\n".join(
        [
            "# On a GPU",
            "",
            f"Written by `make gpu-evidence` on {machine}. Seconds are wall time of one training,",
            "the mean over its draws. *Agree*: draws on which the same weights get the same score",
            "card on both devices.",
            "",
            made,
            "",
            "## Side by side",
            "",
            "The slowest reference, trained by so many processes on one GPU at once:",
            "",
            "| at once | trainings a minute | MiB of the GPU in use |",
            "| --- | --- | --- |",
            *lines,
            "",
        ]
    )


def _refuse() -> int:
    import torch

    built = "built for CUDA" if torch.backends.cuda.is_built() else "built without CUDA"
    sys.stderr.write(
        f"There is no CUDA device here: torch {torch.__version__} ({built}) sees none. Run this on "
        "a machine with an NVIDIA GPU, its driver and a torch for CUDA. docs/gpu.md is left as it "
        "is. `python -m benchmarks.gpu --rehearse` goes through the steps on the CPU.\n"
    )
    return 2


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("units", nargs="*", metavar="UNIT")
    parser.add_argument("--rehearse", action="store_true", help="on the CPU, writing nothing")
    chosen = parser.parse_args(words)
    import torch

    if not chosen.rehearse and not torch.cuda.is_available():
        return _refuse()
    device, draws = (CPU, 1) if chosen.rehearse else (CUDA, DRAWS)
    paths = [path for found in find_questions(chosen.units).values() for path in found]
    rows = [row for path in paths for row in all_rows(path) if row.role in (REFERENCE, REPAIRS)]
    on_gpu, on_cpu = measure(rows, device, draws), measure(rows, CPU, draws)
    references = [row for row in rows if row.role == REFERENCE]
    slowest = max(references, key=lambda row: mean(t.seconds for t in on_gpu[row]))
    loads = side_by_side(slowest, device, SIDE_BY_SIDE[: 2 if chosen.rehearse else None])
    made, told = table(on_gpu, on_cpu), conclusion(on_gpu, on_cpu, loads)
    print(made)
    if not chosen.rehearse:
        machine = f"one {torch.cuda.get_device_name()}, torch {torch.__version__}, {_cpu()}"
        PAGE.write_text(page(machine, made, loads), encoding="utf-8")
    print(json.dumps(told))
    return 0 if told["held"] == told["agree"] == told["trainings"] else 1


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    named = next((line for line in lines if line.startswith("model name")), "")
    return named.partition(": ")[2] or platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
