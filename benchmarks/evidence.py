"""Measure anew what the course says about its repairs, and check each claim.

    make evidence [UNIT=01_rnn] [ANEW=1]     or: python -m benchmarks.evidence [--anew] [UNIT ...]

For each repair question in `solutions/` it trains the baseline, the reference, the other repairs,
the tempting wrong fixes and the unreliable ones on data sets drawn anew, and judges every run by
the rules and bars that grading applies. It prints a table and the claims of each unit, puts both
into docs/evidence.md as soon as the unit is measured, with the controls of what its page says with
"because" (benchmarks/controls.py), and ends with one JSON object: {"units": 1, "claims": 24,
"missed": 0, "controls": 4, "by_unit": {"02_gru": {"claims": 24, "missed": 0, "controls": 4}}}. Exit
code 0 when every claim holds, 1 when one is missed, 2 for wrong usage. Runs are kept in
build/evidence, so a run cut short goes on where it stopped; `--anew` forgets them. It never touches
a class's secret seed: draws are numbered from 0.
"""

import argparse
import json
import math
import multiprocessing
import os
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: nets this small lose time to threads

import numpy as np
import torch

from benchmarks import controls, kept
from benchmarks.claims import Claim, claims_of, medians, singles
from benchmarks.trials import ROOT, Row, Run, find_questions, rows_of, run_of

PAGE = ROOT / "docs" / "evidence.md"
PROCESSES = 2
_RAN = f"{PROCESSES} processes of one thread; "
INTRODUCTION = """# Evidence

Every number that the course states about its repairs, measured. `make evidence` measures all units,
`make evidence UNIT=01_rnn` one; a unit's section is written anew, and a missed claim fails the run.
Columns hold the mean [lowest, highest] over draws, each with its own data and first weights;
accuracies in percent, in eval mode. *By heart*: how many wrong training labels the trained model
gives back. *CPU s*: processor seconds of one training; a busy machine lengthens them, too, beside
its clock. *Single*: runs that keep the rules and hold the bars as applied; a rule that
was broken is named with its count. *As graded*: the same for what a grade is, the median of three
draws (of one where draws differ little or trainings are long). The reference is measured on fresh
draws for each of its twenty medians; elsewhere a median takes a draw and the next two.

Twenty draws a row; five for bonus rows, on which no claim rests. A language model has perplexities
in the place of accuracies, as they are judged, beside the bigram model's; "–" where it broke a rule
and was not measured.
"""
ACCURACIES = ("train", "val", "hidden")
HEAD = (
    "| recipe | train | val | hidden | loss train / val | by heart | CPU s | single | as graded |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def measure_all(rows: Sequence[Row], pool: ProcessPoolExecutor) -> dict[Row, list[Run]]:
    """Train every row on all its draws; print each row as soon as its last draw is done."""
    pending = {
        row: [pool.submit(run_of, row, number) for number in range(row.draws)] for row in rows
    }
    measured = {}
    for row, futures in pending.items():
        measured[row] = [future.result() for future in futures]
        print(line(row, measured[row]), flush=True)
    return measured


def line(row: Row, runs: Sequence[Run]) -> str:
    """One row of the table."""
    spans = " | ".join(_span(getattr(run, part) for run in runs) for part in ACCURACIES)
    name = row.name if row.name == row.role else f"{row.role}: {row.name}"
    held, groups = medians(row, runs)
    return (
        f"| {name} | {spans} "
        f"| {mean(run.train_loss for run in runs):.2f} / {mean(run.val_loss for run in runs):.2f} "
        f"| {_remembered(runs)} | {mean(run.seconds for run in runs):.1f} "
        f"| {singles(row, runs)}/{len(runs)}{_broken(runs)} | {held}/{groups} |"
    )


def _broken(runs: Sequence[Run]) -> str:
    """The rules that runs broke, each with its count."""
    counts = Counter(run.broken for run in runs if run.broken)
    return "".join(f", {rule} {count}" for rule, count in counts.items())


def _remembered(runs: Sequence[Run]) -> str:
    """Wrong labels learnt by heart; for a language model the bar in their place."""
    if not runs[0].wrong:
        bars = [run.bigram_hidden for run in runs if not math.isnan(run.bigram_hidden)]
        return f"bigram {_span(bars)}" if bars else "–"
    by_heart = f"{mean(run.by_heart for run in runs):.1f} of {runs[0].wrong}"
    return f"{by_heart}, at most {max(run.by_heart for run in runs)}"


def _span(values: Iterable[float]) -> str:
    found = [value for value in values if not math.isnan(value)]
    if not found:
        return "–"
    return f"{mean(found):.1f} [{min(found):.1f}, {max(found):.1f}]"


def section(unit: str, lines: Sequence[str], claims: Sequence[Claim], runs: Sequence[Run]) -> str:
    """A unit's part of docs/evidence.md."""
    seconds, wall = sum(run.seconds for run in runs), sum(run.wall for run in runs)
    cost = (
        f"{len(runs)} trainings, {seconds:.0f} processor seconds; with drawing and measuring, one "
        f"after the other, {wall:.0f} s by the clock, which other work on the machine lengthens"
    )
    listed = "\n".join(
        f"- {'holds' if claim.holds else '**missed**'}: {claim.text}" for claim in claims
    )
    table = "\n".join([HEAD, *lines])
    return (
        f"## {unit}\n\n`make evidence UNIT={unit}`: {cost}. Measured on {machine(_RAN)}.\n\n"
        f"{table}\n\n{listed}\n"
    )


def machine(ran: str = "") -> str:
    """Processor, device and versions, in words; `ran` says how the machine was used."""
    info = Path("/proc/cpuinfo")
    models = [
        entry.partition(":")[2].strip()
        for entry in (info.read_text(encoding="utf-8").splitlines() if info.is_file() else [])
        if entry.startswith("model name")
    ]
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{models[0] if models else platform.machine()} ({os.cpu_count()} cores, {device}; "
        f"{ran}Python {platform.python_version()}, "
        f"torch {torch.__version__}, numpy {np.__version__})"
    )


def with_section(page: str, unit: str, text: str) -> str:
    """The page with one unit's section replaced or added, units in order."""
    parts = page.split("\n## ")[1:]
    kept = {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
    kept[unit] = text
    return "\n".join([INTRODUCTION, *(kept[name] for name in sorted(kept))])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write the page; 1 when a claim is missed."""
    parser = argparse.ArgumentParser(description="Measure the course's published numbers anew.")
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 01_rnn; default: all")
    parser.add_argument(
        "--anew", action="store_true", help="forget the runs kept in build/evidence"
    )
    given = parser.parse_args(arguments)
    units = find_questions(given.units)
    if given.anew:
        kept.forget()
    claims: dict[str, list[Claim]] = {}
    number = {unit: len(controls.controls_of(unit)) for unit in units}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        for unit, paths in units.items():
            claims[unit] = measure_unit(unit, paths, pool)
    by_unit = {unit: _counts(found, number[unit]) for unit, found in claims.items()}
    total = _counts([claim for found in claims.values() for claim in found], sum(number.values()))
    print(json.dumps({"units": len(units), **total, "by_unit": by_unit}))
    return 1 if total["missed"] else 0


def _counts(claims: Sequence[Claim], number: int) -> dict[str, int]:
    missed = sum(not claim.holds for claim in claims)
    return {"claims": len(claims), "missed": missed, "controls": number}


def measure_unit(unit: str, paths: Sequence[Path], pool: ProcessPoolExecutor) -> list[Claim]:
    """Measure one unit's repairs, print them and write its section."""
    print(f"{unit}\n{HEAD}", flush=True)
    lines: list[str] = []
    claims: list[Claim] = []
    runs: list[Run] = []
    for path in paths:
        measured = measure_all(rows_of(path), pool)
        lines += [line(row, runs) for row, runs in measured.items()]
        claims += claims_of(path, measured)
        runs += [run for found in measured.values() for run in found]
    checked = controls.measure(unit, pool)
    claims += [claim for claim, _ in checked]
    text = section(unit, lines, claims, runs) + controls.table([row for _, row in checked])
    page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    PAGE.write_text(with_section(page, unit, text), encoding="utf-8")
    for claim in claims:
        print(f"{'holds ' if claim.holds else 'MISSED'}  {claim.text}")
    return claims


if __name__ == "__main__":
    sys.exit(main())
