"""What JupyterLab's server writes into a learner's notebook: pictures, never dead widgets.

A widget lives in its kernel. Saved, it comes back after a restart as "Error displaying widget:
model not found". `lab.live_widgets` shows its widgets together with an HTML picture of them; this
hook, named in `jupyter_server_config.json`, saves the picture alone.
"""

from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PICTURE = "text/html"


def keep_pictures(model: dict[str, Any], **_: object) -> None:
    """Drop a widget from an output that has a picture of it; JupyterLab's own page keeps both."""
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    for cell in model["content"].get("cells", []):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if PICTURE in data:
                data.pop(WIDGET_VIEW, None)
