"""What a change costs in `lab.play` and `lab.walk`: milliseconds, and bytes sent.

A change of play is a slider's event, from its start until everything is computed, drawn into the
page and laid out anew. One of walk is a reading that is set: the model's runs in Python, and what
the page does with their numbers; the way between the two is not in it. Two clocks tell it: the
processor time of the threads, for which other programs on this machine count for nothing, and the
wall's. Sent to the page once: the script, its style and what it begins with. Sent with a change: of
play nothing while a slider moves, and its state when it is let go; of walk what the page draws.
"""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from statistics import median, quantiles

import torch
from playwright.sync_api import Browser, CDPSession, sync_playwright
from torch import nn

from benchmarks.panel_page import open_panel
from grader.lab.page.panels import source_of
from grader.lab.playground.cell_panel import asked_of
from grader.lab.playground.presets import PRESETS
from grader.lab.playground.walk_panel import ModelGuide
from grader.wire.splits import Split

CHANGES = 300
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SPENT = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
_CHANGE = """(turn) => {
  const panel = document.querySelector(".course-panel");
  const sliders = panel.querySelectorAll("input[type=range]");
  const slider = sliders[turn % sliders.length];
  const share = ((turn * 37) % 100) / 100;
  slider.value = Number(slider.min) + share * (slider.max - slider.min);
  const started = performance.now();
  slider.dispatchEvent(new Event("input"));
  panel.getBoundingClientRect();
  return performance.now() - started;
}"""
_RECEIVE = """(fresh) => {
  const started = performance.now();
  window.receive(fresh);
  document.querySelector(".course-panel").getBoundingClientRect();
  return performance.now() - started;
}"""
_LET_GO = """() => {
  document.querySelector("input[type=range]").dispatchEvent(new Event("change"));
  return JSON.stringify(window.saved.at(-1)).length;
}"""


@dataclass(frozen=True)
class Change:
    """Milliseconds of a change by two clocks, and bytes: to the page once, and with each change."""

    median_ms: float
    p95_ms: float
    median_ms_wall: float
    p95_ms_wall: float
    bytes_to_page: int
    bytes_a_change: int


def chromium() -> str | None:
    """The path of the system's Chromium; None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def measured() -> dict[str, Change] | None:
    """Each layer to play with, with two numbers in its state, and a walk; None without Chromium."""
    path = chromium()
    if path is None:
        return None
    with sync_playwright() as driver:
        words = ["--no-sandbox", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=path, args=words)
        found = {f"play {kind}": _change_of(browser, kind) for kind in PRESETS}
        found["walk"] = _walk_of(browser)
        browser.close()
    return found


def _change_of(browser: Browser, kind: str) -> Change:
    asked, state = asked_of(kind, "Play"), {"preset": 0}
    page = open_panel(browser, "play.js", asked, state)
    page.get_by_role("button", name="2 numbers in the state").click()
    clock = page.context.new_cdp_session(page)
    clock.send("Performance.enable", {"timeDomain": "threadTicks"})
    processor, wall = [], []
    for turn in range(CHANGES):
        before = _spent(clock)
        wall.append(float(page.evaluate(_CHANGE, turn)))
        processor.append(_spent(clock) - before)
    back = page.evaluate(_LET_GO)
    page.close()
    sent = "".join((*source_of("play.js"), json.dumps([asked, state])))
    return Change(*_middle(processor), *_middle(wall), len(sent.encode()), int(back))


class _Reader(nn.Module):
    """The first unit's network with a GRU in it."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(8, 64, batch_first=True)
        self.head = nn.Linear(64, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.rnn(x)[0][:, -1])
        return scores


def _walk_of(browser: Browser) -> Change:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    examples = Split(torch.randn(300, 16, 8), torch.arange(300) % 2)
    guide = ModelGuide(_Reader(), examples, ["rumble", "hiss"])
    asked, state = guide.asked(), guide.state()
    page = open_panel(browser, "walk.js", asked, state)
    clock = page.context.new_cdp_session(page)
    clock.send("Performance.enable", {"timeDomain": "threadTicks"})
    processor, wall, fresh = [], [], state
    for turn in range(CHANGES):
        change = {"press": "set", "step": turn % 16, "channel": turn % 8, "value": turn % 5 - 2}
        began, started = time.thread_time(), time.perf_counter()
        fresh = guide.press(change)
        python = 1000 * (time.thread_time() - began), 1000 * (time.perf_counter() - started)
        before = _spent(clock)
        wall.append(python[1] + float(page.evaluate(_RECEIVE, fresh)))
        processor.append(python[0] + _spent(clock) - before)
    page.close()
    sent = "".join((*source_of("walk.js"), json.dumps([asked, state])))
    told = len(json.dumps(fresh).encode())
    return Change(*_middle(processor), *_middle(wall), len(sent.encode()), told)


def _spent(clock: CDPSession) -> float:
    """Processor milliseconds that the page has computed, styled and laid out so far."""
    metrics = clock.send("Performance.getMetrics")["metrics"]
    return 1000 * sum(float(m["value"]) for m in metrics if m["name"] in SPENT)


def _middle(values: list[float]) -> tuple[float, float]:
    """The median and the 95th of a hundred."""
    return round(median(values), 2), round(quantiles(values, n=20)[-1], 2)


def table(found: dict[str, Change]) -> str:
    """The result as Markdown."""
    rows = [
        f"| {name} | {c.median_ms:.1f} | {c.p95_ms:.1f} | {c.median_ms_wall:.1f} "
        f"| {c.p95_ms_wall:.1f} | {c.bytes_to_page / 1000:.1f} | {c.bytes_a_change / 1000:.1f} |"
        for name, c in found.items()
    ]
    heads = ("median", "95th of 100", "median, wall", "95th, wall", "kB to the page", "kB a change")
    lines = [f"| ms for a change | {' | '.join(heads)} |", "| --- " * 7 + "|"]
    return "\n".join([*lines, *rows])


def result_of(found: dict[str, Change] | None) -> dict[str, dict[str, float]] | None:
    """What the JSON line holds."""
    return None if found is None else {name: asdict(change) for name, change in found.items()}
