"""The grader's own processor time: what a class costs beyond its cells.

    python -m benchmarks.overhead [--submissions N]            (`make bench` does it, too)

The same submissions as in `grading`, but nobody has answered a repair: without minutes of training
that differ by some seconds from run to run, the difference to the cells alone can be trusted. A few
submissions and many tell the cost of one more from the cost of starting. Each is measured three
times, in turn, and the least counts: what else the machine does can only add.
"""

import argparse
import json
from dataclasses import dataclass

from benchmarks.graded_class import floor, ours, set_up

FEW = 5  # one of each unit
MANY = 24
ROUNDS = 3


@dataclass(frozen=True)
class Overhead:
    """CPU seconds beyond the cells' own: of `few` and of `many` submissions.

    `cells` are the cells' own of `many`.
    """

    count: int
    few: float
    many: float
    cells: float

    @property
    def whole(self) -> float:
        """For each of many, with its share of the start."""
        return self.many / self.count

    @property
    def each(self) -> float:
        """For one submission more."""
        return (self.many - self.few) / (self.count - FEW)

    @property
    def start(self) -> float:
        """Of a run, however many submissions it has."""
        return self.few - FEW * self.each


def measure(count: int = MANY) -> Overhead:
    """Grade a few and grade many, each as shipped, and take away what their cells take alone."""
    few, many = [], []
    for _ in range(ROUNDS):
        few.append(_beyond_the_cells(FEW))
        many.append(_beyond_the_cells(count))
    return Overhead(count, min(few)[0], *min(many))


def _beyond_the_cells(count: int) -> tuple[float, float]:
    bench = set_up(count, trains=False)
    alone = floor(bench, everything=False)
    spent = ours(bench, everything=False)
    print(f"{count} light submissions: {spent.cpu:.1f} CPU s, cells {alone.cpu:.1f}", flush=True)
    return spent.cpu - alone.cpu, alone.cpu


def section(measured: Overhead) -> str:
    """A paragraph for the page."""
    return f"""\
- Of our own, measured on {measured.count} of these submissions without their repairs (their cells
  take {measured.cells:.1f} CPU s alone; the least of {ROUNDS} runs): {measured.start:.1f} CPU s for
  a run, however many submissions it has (imports, two workers, their warm processes), and
  {measured.each:.2f} CPU s for each submission: its sandbox, its kernel, the judge, its record in
  the gradebook. Together {measured.whole:.2f} CPU s for each of {measured.count}.
"""


def summary(measured: Overhead) -> dict[str, float]:
    """The figures for the last line: of one submission, of a run's start, of both together."""
    return {
        "overhead_cpu_s": round(measured.each, 3),
        "overhead_start_cpu_s": round(measured.start, 1),
        "overhead_with_start_cpu_s": round(measured.whole, 3),
    }


def main() -> None:
    """Measure, print, and say it once more as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__)
    parser.add_argument("--submissions", type=int, default=MANY, metavar="N")
    measured = measure(parser.parse_args().submissions)
    print(section(measured))
    print(json.dumps(summary(measured)))


if __name__ == "__main__":
    main()
