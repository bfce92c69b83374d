"""`grader lab`: open JupyterLab on the learner's own copy of the notebooks.

It makes `my-work/` on the first start and brings new releases beside old work. JupyterLab gets
the course's settings from this package and keeps its own files in `build/jupyter`, so that
nothing is written in the user's home, and the user's own Jupyter settings can break nothing.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.jupyter import SETTINGS
from grader.classroom.working_copy import FOLDER, bring, find_home, released_units
from grader.core.errors import SetupError, UsageError
from grader.core.names import stem
from grader.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader lab [UNIT] [-- ...]`."""
    parser = subparsers.add_parser(
        "lab",
        help="open the course in JupyterLab, on your own copy in my-work/",
        epilog="What follows -- goes to JupyterLab: grader lab -- --port 9000",
    )
    parser.add_argument("unit", nargs="?", metavar="UNIT", help="open this unit, such as 01_rnn")
    parser.add_argument(
        "jupyter", nargs="*", metavar="-- ARGUMENT", help="what JupyterLab itself shall get"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring the notebooks, then become JupyterLab."""
    home = find_home(Path.cwd())
    unit, extra = _split(arguments.unit, arguments.jupyter, home)
    for line in bring(home):
        print(line)
    opened = _page(home, unit)
    words = [*command(home, opened, root=_is_root(), display=_has_display()), *extra]
    settings = environment(home, os.environ)
    _lay_out(Path(settings["JUPYTER_CONFIG_DIR"]))
    sys.stdout.flush()
    if os.name == "nt":  # Windows has no exec
        return subprocess.call(words, env=settings)
    # JupyterLab takes our place, so that signals reach it.
    os.execve(words[0], words, settings)  # noqa: S606


def command(home: Path, page: str, *, root: bool, display: bool) -> list[str]:
    """The words that start JupyterLab on `my-work/`, opening `page` (a path below it, or empty)."""
    words = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={home / FOLDER}",
        f"--LabApp.default_url=/lab/tree/{page}" if page else "--LabApp.default_url=/lab",
    ]
    if root:
        words.append("--allow-root")
    if not display:
        words.append("--no-browser")
    return words


def environment(home: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """What JupyterLab and its kernels find in their environment.

    The data folder is our own too: a kernel named python3 in the user's home would otherwise run
    the notebooks with another Python. PYTHONPATH lets `from grader import lab` work uninstalled.
    """
    own = home / "build" / "jupyter"
    before = {
        "JUPYTER_CONFIG_PATH": str(SETTINGS),
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
    }
    return {
        # Networks as small as the course's gain nothing from a second thread, and where other
        # programs want the processor, threads that wait for each other can cost ten times over.
        "OMP_NUM_THREADS": "1",
        **inherited,
        **{
            name: os.pathsep.join(filter(None, (path, inherited.get(name))))
            for name, path in before.items()
        },
        "GRADER_DATA": str(home / "data"),
        "GRADER_SAVES_PICTURES": "yes",  # see classroom.jupyter.saving
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
    }


def _split(unit: str | None, extra: list[str], home: Path) -> tuple[str | None, list[str]]:
    """Tell the unit from JupyterLab's own words (argparse gives both from one list)."""
    if unit is not None and unit.startswith("-"):
        return None, [unit, *extra]
    units = released_units(home)
    if unit is not None and unit not in units:
        message = (
            f"there is no unit {unit!r}. There are: {', '.join(units) or 'none yet'}."
            f"{did_you_mean(unit, list(units))}"
        )
        raise UsageError(message)
    return unit, extra


def _page(home: Path, unit: str | None) -> str:
    """The notebook to open: the unit asked for, else the first one, with the course's map.

    Each day's first sight is the course; JupyterLab brings back what else was open beside it.
    """
    units = list(released_units(home))
    if not units:
        message = f"{home / 'notebooks'} holds no unit yet. Build them: make notebooks"
        raise SetupError(message)
    unit = unit or units[0]
    return f"{unit}/{stem(unit)}.ipynb"


def _lay_out(config: Path) -> None:
    """Show the table of contents on the first start; later the learner's own layout stays."""
    workspaces = config / "lab" / "workspaces"
    if workspaces.exists():
        return
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    WorkspacesManager(str(workspaces)).save("default", (SETTINGS / "workspace.json").read_text())


def _is_root() -> bool:
    """True where JupyterLab would refuse to start without being told."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _has_display() -> bool:
    """False on a Linux machine without a screen, where a browser would only print errors."""
    return sys.platform != "linux" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
