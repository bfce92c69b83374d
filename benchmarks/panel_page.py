"""A panel of the course alone on a page, without JupyterLab: quick to open, exact to measure.

The model that the script gets is as small as anywidget's contract allows: get, set, save_changes,
on, off, send. What the script sends and saves is kept in `window.sent` and `window.saved`; a panel
that Python answers gets its answers from `press`, the real thing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from grader.lab.page.panels import source_of

SCREENSHOTS = Path(__file__).resolve().parents[1] / "build" / "screenshots"
# What JupyterLab 4's themes give those names that the panels' styles ask for.
THEMES = {
    "light": {
        "content-font-color1": "rgba(0, 0, 0, 0.87)",
        "layout-color0": "white",
        "layout-color1": "white",
        "layout-color2": "#eee",
        "layout-color3": "#bdbdbd",
        "border-color0": "#bdbdbd",
        "border-color1": "#bdbdbd",
        "brand-color1": "#1976d2",
    },
    "dark": {
        "content-font-color1": "white",
        "layout-color0": "#111",
        "layout-color1": "#212121",
        "layout-color2": "#424242",
        "layout-color3": "#616161",
        "border-color0": "#616161",
        "border-color1": "#616161",
        "brand-color1": "#2196f3",
    },
}
_RENDER = """async ([script, asked, state]) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const panel = await import(url);
  const data = { asked, state };
  const hearers = [];
  window.sent = [];
  window.saved = [];
  window.receive = (fresh) => {
    data.state = fresh;
    for (const hear of hearers) hear();
  };
  window.model = {
    get: (name) => data[name],
    set: (name, value) => (data[name] = value),
    save_changes: () => window.saved.push(structuredClone(data.state)),
    send: async (content) => {
      window.sent.push(content);
      if (!window.press) return;
      window.receive(await window.press(content));
    },
    on: (_name, hear) => hearers.push(hear),
    off: () => {},
  };
  const el = document.querySelector("main");
  window.close_panel = panel.default.render({ model: window.model, el });
}"""


def open_panel(
    browser: Browser,
    script: str,
    asked: dict[str, Any],
    state: dict[str, Any],
    *,
    theme: str = "light",
    reduced_motion: bool = False,
    press: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> Page:
    """Open a page of 900 × 950 px that holds this panel and nothing else; the caller closes it.

    `press` gives the state that follows what the script sent.
    """
    page = browser.new_page(
        viewport={"width": 900, "height": 950},
        reduced_motion="reduce" if reduced_motion else "no-preference",
    )
    if press is not None:
        page.expose_function("press", press)
    esm, css = source_of(script)
    names = "".join(f"--jp-{name}: {value};" for name, value in THEMES[theme].items())
    page.set_content(
        f'<html lang="en"><title>A panel</title><style>body {{ {names} '
        "background: var(--jp-layout-color0); margin: 8px; font-size: 14px }</style>"
        f"<style>{css}</style><main></main></html>"
    )
    page.evaluate(_RENDER, [esm, asked, state])
    return page
