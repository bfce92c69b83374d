"""JupyterLab as the course sets it up: settings beside this file, and what the server saves."""
