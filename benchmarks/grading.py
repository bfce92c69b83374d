"""How fast a class is graded: `grader grade`, stock `nbgrader autograde`, and the floor under both.

    make bench                 or: python -m benchmarks.grading [--quick] [--submissions N]

One run on the same real submissions of all units, every one of which trains. The pieces stand
between one another, so that a load that comes and goes hits them alike. Before the clock starts the
class is set up and each unit's reference has trained, which happens once for a class, whatever its
size. Prints a table, writes docs/performance.md with --page, and ends with one JSON object.
"""

import argparse
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import meter, overhead, workload
from benchmarks.graded_class import WORKERS, Bench, draws_saved_share, floor, ours, set_up, stock
from benchmarks.meter import Spent

SUBMISSIONS = 24
PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEADING = "## Grading a class"


def run(bench: Bench) -> dict[str, Any]:
    """All pieces, one between the other; what each took."""
    rows: dict[str, Any] = {}
    units = list(bench.units)
    half = len(units) // 2
    spent = Spent(0.0, 0.0, 0.0)
    rows["floor_everything"] = _told("floor, everything", floor(bench, everything=True))
    for unit in units[:half]:
        spent += _told(f"stock {unit}", stock(bench, unit))
    rows["ours_everything"] = _told("ours, everything", ours(bench, everything=True))
    for unit in units[half:]:
        spent += _told(f"stock {unit}", stock(bench, unit))
    rows["ours"] = _told("ours", ours(bench, everything=False))
    rows["draws_saved_share"] = draws_saved_share(bench)
    rows["floor"] = _told("floor", floor(bench, everything=False))
    rows["stock"] = spent
    rows["overhead"] = overhead.measure(max(len(bench.submissions), 2 * overhead.FEW))
    return rows


def _told(name: str, what: Any) -> Any:
    times = f"{what.wall:8.1f} s wall {what.cpu:8.1f} s CPU"
    print(f"{name:22}{times}   load before {what.load:.1f}", flush=True)
    return what


def table(bench: Bench, rows: dict[str, Any]) -> str:
    """The rows that are published."""
    count = len(bench.submissions)
    named = (
        ("nbgrader autograde", "stock"),
        ("grader grade --everything", "ours_everything"),
        ("grader grade", "ours"),
        ("the cells alone, all", "floor_everything"),
        ("the cells alone, without demonstrations", "floor"),
    )
    lines = [
        f"| {count} submissions | wall s | CPU s | CPU s each | load before |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, key in named:
        row = rows[key]
        each = row.cpu / count
        lines.append(f"| {name} | {row.wall:.1f} | {row.cpu:.1f} | {each:.2f} | {row.load:.1f} |")
    return "\n".join(lines)


def section(bench: Bench, rows: dict[str, Any]) -> str:
    """The page's section: the table, what it counts, the gap to the limit."""
    figures = summary(bench, rows)
    lost = workload.stock_lost(bench.stock)
    shipped, every = rows["floor"], rows["floor_everything"]
    over = rows["ours_everything"].wall - every.wall
    own = overhead.section(rows["overhead"])
    return f"""{HEADING}

`make bench` grades {len(bench.submissions)} honest submissions of {len(bench.units)} units, all of
which train, with {WORKERS} workers on {os.cpu_count()} cores ({platform.platform()}, Python
{platform.python_version()}, torch {version("torch")}, one thread each; CPU by {meter.kind()}).

{table(bench, rows)}

- `nbgrader autograde` runs the same notebooks in its own kernels, one after another; our check
  cells judge there by the visible cases, and nbgrader's own rule gives the points. It took points
  from {", ".join(lost) or "nobody"}.
- "The cells alone" is the limit: the same cells in {WORKERS} processes that have imported torch,
  with no sandbox, no judge and no gradebook. Of its CPU time without demonstrations,
  {shipped.graded:.1f} of {shipped.cpu:.1f} s are graded questions, nearly all of it training.
- Against stock nbgrader: {figures["speedup_vs_nbgrader"]} times as fast as shipped,
  {figures["speedup_everything"]} times with `--everything`; the limit itself is
  {figures["limit_everything"]} times as fast there.
- Against the limit with `--everything`: {figures["wall_over_limit"]} times its wall time
  ({over:.1f} s more), {figures["cpu_over_limit"]} times its CPU time,
  from the command's start to the last row in the gradebook. As shipped:
  {figures["wall_over_limit_shipped"]} times.
- Of the draws that repairs are judged on, {100 * rows["draws_saved_share"]:.0f}% could not change a
  verdict and were not trained, by us, by nbgrader's cells and in the limit alike.
{own}- Not counted: each unit's reference trains once for a class, before the clock starts, and the
  units are registered in the gradebook.
"""


def write_section(text: str, heading: str = HEADING) -> None:
    """Put the section into the page, in the place of an older one."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(heading)
    _, mark, after = rest.partition("\n## ")
    PAGE.write_text(f"{before.rstrip()}\n\n{text}{mark}{after}", encoding="utf-8")


def summary(bench: Bench, rows: dict[str, Any]) -> dict[str, float]:
    """The figures of the last line."""
    every, shipped = rows["floor_everything"], rows["floor"]
    return {
        "speedup_vs_nbgrader": round(rows["stock"].wall / rows["ours"].wall, 2),
        "speedup_everything": round(rows["stock"].wall / rows["ours_everything"].wall, 2),
        "limit_everything": round(rows["stock"].wall / every.wall, 2),
        **overhead.summary(rows["overhead"]),
        "cpu_over_limit": round(rows["ours_everything"].cpu / every.cpu, 3),
        "wall_over_limit": round(rows["ours_everything"].wall / every.wall, 3),
        "wall_over_limit_shipped": round(rows["ours"].wall / shipped.wall, 3),
        "draws_saved_share": round(rows["draws_saved_share"], 3),
        "submissions": len(bench.submissions),
        "training_cpu_s": round(shipped.graded, 1),
    }


def main() -> int:
    """Measure, print, and say it once more as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one submission a unit, for trying")
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS, metavar="N")
    parser.add_argument("--page", action="store_true", help=f"write it into {PAGE.name}")
    arguments = parser.parse_args()
    count = 5 if arguments.quick else arguments.submissions
    bench = set_up(count)
    print(f"{count} submissions; CPU by {meter.kind()}; {platform.platform()}", flush=True)
    rows = run(bench)
    told = section(bench, rows)
    print(told)
    if arguments.page:
        write_section(told)
    print(json.dumps(summary(bench, rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
