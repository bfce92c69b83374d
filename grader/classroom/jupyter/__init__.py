"""JupyterLab as the course sets it up: settings beside this file, and what the server saves."""

from pathlib import Path

SETTINGS = Path(__file__).resolve().parent
