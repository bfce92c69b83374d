"""What the training panel costs: a redraw, its share of a run, and livelossplot on the same loop.

`make bench-plot`. The panel and livelossplot each run in a kernel of their own (nbclient), where
their outputs are published as in a notebook; no browser draws them. The last line is one JSON
object. Each time is measured by two clocks: the processor time of the thread that trains, for which
other programs on this machine count for nothing, and the wall clock, which is what a learner waits
and means something on a quiet machine alone. livelossplot is installed for this benchmark alone,
into build/livelossplot. What a change costs in a panel that computes in the page is measured in
Chromium (`benchmarks.page_changes`). `make bench-plot PAGE=1` also writes docs/performance.md.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from benchmarks import page_changes

ROOT = Path(__file__).resolve().parents[1]
LIVELOSSPLOT = "livelossplot==0.5.6"
AT_EPOCHS = (10, 100, 300)
REPEATS = 3
SETUP = f"""
import sys, time
sys.path[:0] = [{str(ROOT)!r}]
import torch
from grader import lab
from grader.lab import metrics, training
from grader.lab.training_history import Epoch
from grader.lab.training_settings import TrainingSettings
torch.set_num_threads(1)
data = lab.load("rumble")

class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.RNN(8, 64, batch_first=True)
        self.head = torch.nn.Linear(64, 2)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])

def model():
    lab.seed(0)
    return Classifier()

def now():  # by the thread's own clock, and by the wall's
    return time.thread_time(), time.perf_counter()

def since(started):
    return [ended - began for began, ended in zip(started, now())]

def middle(pairs):
    return [sorted(values)[len(values) // 2] for values in zip(*pairs)]

records = [Epoch(n, 0.7 / n, 0.5, 90.0, 75.0, n / 10) for n in range(1, 301)]
"""
# The time that the panel takes is counted inside the very run that it belongs to, in turn with runs
# without a panel, so that another program on this machine slows both.
OURS = f"""
import json
from grader.lab.training_plot import LossPlot
from grader.lab.training_history import History

redraw = {{}}
for at in {AT_EPOCHS}:
    with LossPlot(300) as panel:
        panel._records = records[:at]
        spent = []
        for _ in range(21):
            started = now()
            panel._picture.update(panel._running(), raw=True)
            spent.append(since(started))
        redraw[at] = middle(spent)

spent = [0.0, 0.0]
def counted(method):
    def timed(*given):
        started = now()
        try:
            return method(*given)
        finally:
            spent[:] = [total + more for total, more in zip(spent, since(started))]
    return timed
for name in ("__enter__", "hear", "finish", "__exit__"):
    setattr(LossPlot, name, counted(getattr(LossPlot, name)))
settings = dict(epochs=150, lr=3e-3, batch_size=32)
runs = []
for _ in range({REPEATS}):
    started = now()
    lab.fit(model(), data.train, data.val, **settings, plot=False)
    without = since(started)
    spent[:] = [0.0, 0.0]
    started = now()
    lab.fit(model(), data.train, data.val, **settings)
    runs.append((without, since(started), spent[:]))
print(json.dumps(dict(redraw=redraw, runs=runs)))
"""
THEIRS = f"""
import json, warnings
warnings.simplefilter("ignore")
sys.path.append({str(ROOT / "build" / "livelossplot")!r})
from livelossplot import PlotLosses

def values(record):
    return dict(
        loss=record.train_loss, val_loss=record.val_loss,
        accuracy=record.train_accuracy, val_accuracy=record.val_accuracy,
    )

redraw = {{}}
for at in {AT_EPOCHS}:
    plot = PlotLosses(mode="notebook")
    for record in records[:at]:
        plot.update(values(record))
    spent = []
    for _ in range(3):
        started = now()
        plot.send()
        spent.append(since(started))
    redraw[at] = middle(spent)

# The same loop, with livelossplot as a listener: it draws after each epoch.
plot, drawing = PlotLosses(mode="notebook"), [0.0, 0.0]
def hear(record):
    if isinstance(record, Epoch):
        started = now()
        plot.update(values(record))
        plot.send()
        drawing[:] = [total + more for total, more in zip(drawing, since(started))]
settings = TrainingSettings(epochs=40, lr=3e-3, batch_size=32)
started = now()
training.run(model(), data.train, data.val, settings, [hear])
print(json.dumps(dict(redraw=redraw, run=since(started), drawing=drawing)))
"""
CLOCKS = ("processor", "wall")
PAGE = ROOT / "docs" / "performance.md"
HEADING = "## The training panel\n"
PANELS = "## Play and walk\n"


def in_a_kernel(code: str) -> dict[str, Any]:
    """Run a cell after SETUP; give the JSON that it printed last."""
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, code)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    printed = [out.text for out in notebook.cells[1].outputs if out.output_type == "stream"]
    found: dict[str, Any] = json.loads("".join(printed).strip().splitlines()[-1])
    return found


def livelossplot() -> str:
    """Install livelossplot beside the environment; what went wrong, or ""."""
    target = ROOT / "build" / "livelossplot"
    if (target / "livelossplot").is_dir():
        return ""
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    done = subprocess.run(
        [*words, "--disable-pip-version-check", "--target", str(target), LIVELOSSPLOT],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip()[-300:] if done.returncode else ""


def middle(values: list[float]) -> float:
    """The median of an odd number of values."""
    return sorted(values)[len(values) // 2]


def measured() -> tuple[dict[str, Any], dict[str, Any]]:
    """Run both kernels; give what was measured of the panel, and of livelossplot or its absence."""
    ours = in_a_kernel(OURS)
    problem = livelossplot()
    return ours, {"problem": problem} if problem else in_a_kernel(THEIRS)


def result_of(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """What the JSON line holds: by the processor's clock, and the same by the wall's."""
    result: dict[str, Any] = {}
    for clock, name in enumerate(CLOCKS):
        end = "" if name == "processor" else f"_{name}"
        result[f"redraw_ms{end}"] = _redraws(ours, clock)
        shares = [run[2][clock] / run[1][clock] for run in ours["runs"]]
        result[f"overhead_share{end}"] = round(middle(shares), 5)
        for place, kind in enumerate(("without", "with")):
            seconds = middle([run[place][clock] for run in ours["runs"]])
            result[f"seconds_{kind}_panel{end}"] = round(seconds, 3)
        result[f"livelossplot_redraw_ms{end}"] = (
            None if "problem" in theirs else _redraws(theirs, clock)
        )
        if "problem" not in theirs:
            share = theirs["drawing"][clock] / theirs["run"][clock]
            result[f"livelossplot_share{end}"] = round(share, 5)
    return result


def _redraws(of: dict[str, Any], clock: int) -> dict[str, float]:
    return {str(at): round(1000 * of["redraw"][str(at)][clock], 2) for at in AT_EPOCHS}


def table(result: dict[str, Any]) -> str:
    """The result as Markdown: milliseconds for a redraw at each epoch, and the share of a run."""
    rows = []
    for name in CLOCKS:
        end = "" if name == "processor" else f"_{name}"
        for who, head in (("", "panel"), ("livelossplot_", "livelossplot")):
            redraws = result[f"{who}redraw_ms{end}"]
            share = result.get(f"livelossplot_share{end}" if who else f"overhead_share{end}")
            cells = [f"{redraws[str(at)]:.2f}" if redraws else "–" for at in AT_EPOCHS]
            cells.append(f"{100 * share:.1f}%" if share is not None else "–")
            rows.append(f"| {head}, {name} time | {' | '.join(cells)} |")
    heads = [f"epoch {at}" for at in AT_EPOCHS]
    lines = [f"| ms for a redraw | {' | '.join(heads)} | share of the run |", "| --- " * 5 + "|"]
    return "\n".join([*lines, *rows])


def section(result: dict[str, Any], load: float) -> str:
    """The whole section of docs/performance.md."""
    import torch

    seconds = [
        f"{result[f'seconds_without_panel{end}']:.2f} s without the panel, "
        f"{result[f'seconds_with_panel{end}']:.2f} s with it"
        for end in ("", "_wall")
    ]
    machine = (
        f"{os.cpu_count()} cores with a load of {load:.1f} before the start, {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}, "
        f"torch {torch.__version__.split('+')[0]}."
    )
    other = LIVELOSSPLOT.replace("==", " ")
    return f"""{HEADING}
`make bench-plot PAGE=1` writes this section. A redraw: the median of 21 for the panel, of 3 for
{other}, which draws the same four curves in a kernel like it. The share: of one
training of the first unit's network over 150 epochs, where the panel redraws at most four times a
second (median of {REPEATS} runs, each in turn with one without a panel), and of one over 40 epochs,
where livelossplot draws after each. Processor time is that of the thread that trains.

{table(result)}

The 150 epochs took {seconds[0]} (processor),
{seconds[1]} (wall clock). {machine}
"""


def panels_section(found: dict[str, page_changes.Change], load: float) -> str:
    """The section of docs/performance.md on what a change costs in a page."""
    return f"""{PANELS}
`make bench-plot PAGE=1` writes this section. A change of `lab.play`: a slider moves, and all
numbers of twelve steps, two of them in the state, are computed, drawn and laid out in the page.
One of `lab.walk`: a reading of 16 steps is set, a GRU of 64 units runs in Python once a step, its
numbers are drawn; the way between kernel and page is not in it. {page_changes.CHANGES} changes,
Chromium, a load of {load:.1f} before the start; processor time, and the wall clock. A frame of 60 a
second takes 16.7 ms. Bytes go to the page when the cell runs; with a change play sends its state
when the slider is let go, walk what is to be drawn.

{page_changes.table(found)}
"""


def write_page(text: str, heading: str = HEADING) -> None:
    """Put the section where it stands in docs/performance.md."""
    page = PAGE.read_text(encoding="utf-8")
    found = re.compile(re.escape(heading) + r".*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if not found.search(page):
        message = f"{PAGE} has no section {heading.strip()!r} to write anew; put that heading back."
        raise SystemExit(message)
    new = found.sub(lambda _: text + "\n", page).rstrip() + "\n"
    PAGE.write_text(new, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Print the table and, last, the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--page", action="store_true", help="write docs/performance.md as well")
    wanted = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    ours, theirs = measured()
    result = result_of(ours, theirs)
    print(table(result))
    for name in CLOCKS:
        end = "" if name == "processor" else f"_{name}"
        print(
            f"150 epochs by {name} time: {result[f'seconds_without_panel{end}']:.2f} s without the "
            f"panel, {result[f'seconds_with_panel{end}']:.2f} s with it "
            f"({100 * result[f'overhead_share{end}']:.2f}% of it in the panel)"
        )
    if "problem" in theirs:
        print(f"livelossplot cannot be installed here: no comparison. {theirs['problem']}")
    changes = page_changes.measured()
    print("No Chromium: panels not measured." if changes is None else page_changes.table(changes))
    result["change"] = page_changes.result_of(changes)
    if wanted.page:
        write_page(section(result, load))
    if wanted.page and changes is not None:
        write_page(panels_section(changes, load), PANELS)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
