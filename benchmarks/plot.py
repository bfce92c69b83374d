"""What the training panel costs: a redraw, its share of a run, and livelossplot on the same loop.

`make bench-plot`. The panel and livelossplot each run in a kernel of their own (nbclient), where
their outputs are published as in a notebook; no browser draws them. The last line is one JSON
object. Times are processor time of the thread that trains, so other programs on this machine count
for nothing, and the kernel's own sending thread neither. livelossplot is installed for this
benchmark alone, into build/livelossplot.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
LIVELOSSPLOT = "livelossplot==0.5.6"
AT_EPOCHS = (10, 100, 300)
REPEATS = 3
SETUP = f"""
import sys, time
sys.path[:0] = [{str(ROOT)!r}]
import torch
from grader import lab
from grader.lab import measure, training
from grader.lab.history import Epoch
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

records = [Epoch(n, 0.7 / n, 0.5, 90.0, 75.0, n / 10) for n in range(1, 301)]
"""
# The time that the panel takes is counted inside the very run that it belongs to, in turn with runs
# without a panel, so that another program on this machine slows both.
OURS = f"""
import json
from grader.lab.plot import LossPlot
from grader.lab.history import History

redraw = {{}}
for at in {AT_EPOCHS}:
    with LossPlot(300) as panel:
        panel._records = records[:at]
        spent = []
        for _ in range(20):
            started = time.thread_time()
            panel._picture.update(panel._running(), raw=True)
            spent.append(time.thread_time() - started)
        redraw[at] = 1000 * sorted(spent)[10]

spent = [0.0]
def counted(method):
    def timed(*given):
        started = time.thread_time()
        try:
            return method(*given)
        finally:
            spent[0] += time.thread_time() - started
    return timed
for name in ("__enter__", "hear", "finish", "__exit__"):
    setattr(LossPlot, name, counted(getattr(LossPlot, name)))
settings = dict(epochs=150, lr=3e-3, batch_size=32)
runs = []
for _ in range({REPEATS}):
    started = time.thread_time()
    lab.fit(model(), data.train, data.val, **settings, plot=False)
    without = time.thread_time() - started
    spent[0] = 0.0
    started = time.thread_time()
    lab.fit(model(), data.train, data.val, **settings)
    runs.append((without, time.thread_time() - started, spent[0]))
print(json.dumps(dict(redraw=redraw, runs=runs)))
"""
THEIRS = f"""
import json, warnings
warnings.simplefilter("ignore")
sys.path.append({str(ROOT / "build" / "livelossplot")!r})
from livelossplot import PlotLosses

redraw = {{}}
for at in {AT_EPOCHS}:
    plot = PlotLosses(mode="notebook")
    for record in records[:at]:
        plot.update(dict(
            loss=record.train_loss, val_loss=record.val_loss,
            accuracy=record.train_accuracy, val_accuracy=record.val_accuracy,
        ))
    spent = []
    for _ in range(3):
        started = time.thread_time()
        plot.send()
        spent.append(time.thread_time() - started)
    redraw[at] = 1000 * sorted(spent)[1]

# The same loop, with livelossplot as a listener: it draws after each epoch.
plot, drawing = PlotLosses(mode="notebook"), [0.0]
def hear(record):
    if isinstance(record, Epoch):
        started = time.thread_time()
        plot.update(dict(
            loss=record.train_loss, val_loss=record.val_loss,
            accuracy=record.train_accuracy, val_accuracy=record.val_accuracy,
        ))
        plot.send()
        drawing[0] += time.thread_time() - started
settings = training.Settings(epochs=40, lr=3e-3, batch_size=32)
started = time.thread_time()
training.run(model(), data.train, data.val, settings, [hear])
print(json.dumps(dict(redraw=redraw, run=time.thread_time() - started, drawing=drawing[0])))
"""


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


def main() -> int:
    """Print the table and, last, the JSON line."""
    ours = in_a_kernel(OURS)
    for at in AT_EPOCHS:
        print(f"redraw at epoch {at:3}: {ours['redraw'][str(at)]:8.2f} ms", flush=True)
    without, with_panel, spent = (middle([run[n] for run in ours["runs"]]) for n in range(3))
    share = middle([run[2] / run[1] for run in ours["runs"]])
    print(f"150 epochs without the panel {without:6.2f} s, with it {with_panel:6.2f} s (medians")
    print(f"  of {REPEATS} runs in turn); spent in the panel {spent:.3f} s, {100 * share:.2f}%")
    result: dict[str, Any] = {"redraw_ms": ours["redraw"], "overhead_share": round(share, 5)}
    problem = livelossplot()
    if problem:
        print(f"livelossplot cannot be installed here, so there is no comparison: {problem}")
        result["livelossplot_redraw_ms"] = None
    else:
        theirs = in_a_kernel(THEIRS)
        for at in AT_EPOCHS:
            ratio = theirs["redraw"][str(at)] / ours["redraw"][str(at)]
            shown = f"{theirs['redraw'][str(at)]:8.2f} ms, {ratio:.0f} times"
            print(f"livelossplot at epoch {at:3}: {shown}")
        drawing = 100 * theirs["drawing"] / theirs["run"]
        print(f"40 epochs with livelossplot {theirs['run']:6.2f} s, {drawing:.1f}% of it drawing")
        result["livelossplot_redraw_ms"] = theirs["redraw"]
    result = {
        key: {at: round(ms, 2) for at, ms in value.items()} if isinstance(value, dict) else value
        for key, value in result.items()
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
