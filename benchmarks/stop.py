"""Does Stop arrive? Every way to end a run, on the ipykernels from the oldest to the pinned one.

`make bench-stop`, or `python -m benchmarks.stop 7.0.0 7.4.0`. Each version gets a kernel of its own
(benchmarks.kernels) and is sent what JupyterLab sends, in each way ten times, or `--times` times.
Printed: the most seconds from the click to the end of a run, "never" for a run that went on for
LIMIT seconds more, or "told": no button, but the words that name ■.
"""

import argparse
import math
import os
import queue
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from benchmarks.kernels import ROOT, kernelspec, python_with

VERSIONS = ("6.29.5", "7.0.0", "7.0.1", "7.1.0", "7.2.0", "7.3.0", "7.4.0")
TIMES = 10
LIMIT = 8.0
SETUP = """
import torch
from torch import nn
from grader import lab
torch.set_num_threads(1)
data = lab.load("rumble")
CLIPS, STEPS, SENSORS = data.train.x.shape
"""
PLOT = """
model = nn.Sequential(nn.Flatten(), nn.Linear(STEPS * SENSORS, 2))
history = lab.fit(model, data.train, data.val, epochs=1_000_000)
"""
LAB = 'lab.repair_lab("rnn-repair")'
CLICK = {"event": "click"}
ENDED = "stopped by hand"  # with the best weights, or the last where no epoch has ended yet
TOLD = "press ■"


class Page:
    """A client that plays JupyterLab: it opens subshells, clicks, and reads what is published."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager, self.client = manager, client
        self.widgets: dict[str, str] = {}
        self.heard: list[str] = []
        # the panels' own; without one everything goes to the main shell
        self.subshell = self._new_subshell() if self._has_subshells() else None

    def _has_subshells(self) -> bool:
        self.client.kernel_info()
        reply = self.client.get_shell_msg(timeout=60)["content"]
        return "kernel subshells" in reply.get("supported_features", [])

    def _new_subshell(self) -> str:
        request = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(request)
        return str(self.client.get_control_msg(timeout=60)["content"]["subshell_id"])

    def run(self, code: str) -> str:
        """Execute a cell, do not wait for its end, and give the request's id."""
        return str(self.client.execute(code, allow_stdin=True))

    def has_run(self, request: str) -> None:
        """Wait for the reply to this request.

        A message that reaches an ipykernel before 7.4 in the very moment in which it sends a reply
        lies there unread, and so does all that follows it (github.com/ipython/ipykernel/pull/1529).
        A person who reads the cell before pressing a button is never that fast; a client is.
        """
        while self.client.get_shell_msg(timeout=60)["parent_header"]["msg_id"] != request:
            pass

    def send(self, widget: str, content: dict[str, Any]) -> None:
        """Send a widget what the page would."""
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": widget, "data": data})
        if self.subshell is not None:
            message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)

    def hears(self, words: str, seconds: float) -> bool:
        """Read until something published holds these words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except queue.Empty:
                continue
            content = message["content"]
            if message["msg_type"] == "comm_open":
                state = content["data"].get("state", {})
                if state.get("description") == "Stop" or "asked" in state:
                    self.widgets["lab" if "asked" in state else "stop"] = content["comm_id"]
            text = str(content)
            self.heard.append(text)
            if words in text:
                return True
        return False

    def ends_after(self, act: Any) -> float:
        """Seconds from `act` until the run says that it was stopped; infinite if it never does."""
        started = time.monotonic()
        act()
        return time.monotonic() - started if self.hears(ENDED, LIMIT) else math.inf


@contextmanager
def page_on(version: str) -> Iterator[Page]:
    """A page on a fresh kernel of this ipykernel, in a learner's folder of the first unit."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        shutil.copy(ROOT / "notebooks/01_rnn/unit.json", here)
        manager = KernelManager()
        spec: Any = kernelspec(python_with(version))
        manager._kernel_spec = KernelSpec(**spec)  # noqa: SLF001  jupyter_client's own tests do so
        own = {"GRADER_DATA": str(ROOT / "data"), "GRADER_SAVES_PICTURES": "yes"}
        env = {**os.environ, **own, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        manager.start_kernel(cwd=folder, env=env)
        client: BlockingKernelClient = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=120)
            client.execute_interactive(SETUP, timeout=120, output_hook=lambda _: None)
            yield Page(manager, client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def by_click_in_the_plot(page: Page) -> float | str:
    """Stop below a cell that trains."""
    running = page.run(PLOT)
    page.hears("epochs/s", 60)
    if "stop" not in page.widgets:
        told = any(TOLD in text for text in page.heard)
        page.manager.interrupt_kernel()
        page.has_run(running)
        return "told" if told else "no button"
    return _stopped(page, running, lambda: page.send(page.widgets["stop"], CLICK))


def by_interrupt_in_the_plot(page: Page) -> float | str:
    """■ while a cell trains."""
    running = page.run(PLOT)
    page.hears("epochs/s", 60)
    return _stopped(page, running, page.manager.interrupt_kernel)


def _stopped(page: Page, running: str, act: Any) -> float:
    seconds = page.ends_after(act)
    if math.isfinite(seconds):
        page.has_run(running)
    return seconds


def _lab_trains(page: Page) -> str:
    shown = page.run(LAB)
    page.hears("The chosen recipe as code", 60)
    page.has_run(shown)
    widget = page.widgets["lab"]
    page.send(widget, {"press": "train", "choice": {"epochs": 500}, "turn": 1})
    page.hears("epochs/s", 60)
    return widget


def by_click_in_the_lab(page: Page) -> float | str:
    """Stop in a repair lab, each press on the panel's own subshell (one a comm, or one a kind)."""
    widget = _lab_trains(page)
    if page.subshell is None:
        told = any("'can_stop': False" in text for text in page.heard)
        page.manager.interrupt_kernel()
        page.hears(ENDED, LIMIT)
        return "told" if told else "no button"
    return page.ends_after(lambda: page.send(widget, {"press": "stop"}))


def by_interrupt_in_the_lab(page: Page) -> float | str:
    """■ while a repair lab trains."""
    _lab_trains(page)
    return page.ends_after(page.manager.interrupt_kernel)


WAYS = {
    "Stop in the plot": by_click_in_the_plot,
    "■ in the plot": by_interrupt_in_the_plot,
    "Stop in the lab": by_click_in_the_lab,
    "■ in the lab": by_interrupt_in_the_lab,
}


def tried(way: Callable[[Page], float | str], page: Page, times: int) -> str:
    """One cell of the table, from that many tries; it ends at the first that did not work."""
    seconds = []
    for number in range(1, times + 1):
        result = way(page)
        if isinstance(result, str):
            return result
        if math.isinf(result):
            return f"never (try {number})"
        seconds.append(result)
    return f"{max(seconds):.1f} s"


def measure(version: str, times: int) -> list[str]:
    """One row of the table: the version, and what each way gave on one kernel."""
    with page_on(version) as page:
        cells = [tried(way, page, times) for way in WAYS.values()]
        return [version, "yes" if page.subshell else "no", *cells]


def main(arguments: Sequence[str]) -> int:
    """Print the table, a line as soon as it is known; 1 where a way to stop did not work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("versions", nargs="*", default=VERSIONS, help="such as 7.0.0")
    parser.add_argument("--times", type=int, default=TIMES, help="tries of each way to stop")
    chosen = parser.parse_args(arguments)
    heads = ["ipykernel", "subshells", *WAYS]
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    rows = []
    for version in chosen.versions:
        rows.append(measure(version, chosen.times))
        print(f"| {' | '.join(rows[-1])} |", flush=True)
    return int(any(cell.startswith(("never", "no button")) for row in rows for cell in row))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
