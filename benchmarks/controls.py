"""A unit's controls: the runs that could have refuted what its page says with "because".

`evidence` calls this. `solutions/<unit>/controls.py` holds CONTROLS: each a sentence, the name of
the data it is about, a function from a draw's number to what it measured (percent by name), and
what must hold of that on at least nine draws in ten. Runs are kept as those of repairs are.
"""

import functools
import importlib.util
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from types import ModuleType

import torch

from benchmarks import kept
from benchmarks.claims import Claim
from benchmarks.trials import ROOT
from grader import lab

DRAWS = 10
LEAST = 9
FILE = "controls.py"


@dataclass(frozen=True)
class Measured:
    """What one control found on one draw: percent by name."""

    found: dict[str, float]


@dataclass(frozen=True)
class Control:
    """One sentence, the data set it is about, its runs on a draw, what must hold of them."""

    says: str
    data: str
    run: Callable[[int], dict[str, float]]
    holds: Callable[[dict[str, float]], bool]


def controls_of(unit: str) -> list[Control]:
    """A unit's controls in their order; none where it has no such file."""
    path = ROOT / "solutions" / unit / FILE
    return [Control(*entry) for entry in _load(path).CONTROLS] if path.is_file() else []


@functools.cache
def _load(path: Path) -> ModuleType:
    name = f"controls_of_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        message = f"{path} cannot be imported"
        raise ImportError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def measure(unit: str, pool: ProcessPoolExecutor) -> list[tuple[Claim, str]]:
    """Run every control on its draws: each with its claim and its row of the table."""
    pending = [
        [pool.submit(run_of, unit, place, number) for number in range(DRAWS)]
        for place in range(len(controls_of(unit)))
    ]
    return [
        judged(control, [future.result().found for future in futures])
        for control, futures in zip(controls_of(unit), pending, strict=True)
    ]


def judged(control: Control, found: list[dict[str, float]]) -> tuple[Claim, str]:
    """A control's claim over its draws, and its row."""
    held, says = sum(control.holds(each) for each in found), control.says
    least = -(-LEAST * len(found) // DRAWS)
    spans = "; ".join(
        f"{name} {mean(values):.1f} [{min(values):.1f}, {max(values):.1f}]"
        for name, values in ((name, [each[name] for each in found]) for name in found[0])
    )
    text = f"control: {says}: {held} of {len(found)} draws, at least {least}"
    return Claim(text, held >= least), f"| {says} | {spans} | {held}/{len(found)} |"


def table(rows: list[str]) -> str:
    """The controls' part of a unit's section; "" where there are none."""
    if not rows:
        return ""
    head = "| what the page says | right answers in percent | holds |\n| --- | --- | --- |"
    return "\n".join(["", f"Controls, on {DRAWS} draws each:", "", head, *rows, ""])


def run_of(unit: str, place: int, number: int) -> Measured:
    """One control on one draw: as kept from before, or run now; runs in a worker."""
    control = controls_of(unit)[place]
    data, pool = ROOT / "data" / control.data, ROOT / "solutions" / unit / "hidden.npz"
    key = kept.key(measure_once, control.run, number, data, pool)
    run = kept.find(key, Measured)
    if run is None:
        run = measure_once(control.run, number)
        kept.keep(key, run)
    return run


def measure_once(control: Callable[[int], dict[str, float]], number: int) -> Measured:
    """Run a control with first weights of their own."""
    torch.set_num_threads(1)
    lab.seed(number)
    return Measured(control(number))
