"""Read a workflow of GitHub Actions or a template of GitLab CI, and run its steps in their order.

No more of either language is understood than ours use; anything else is refused. What a forge's
own actions do (`uses:`) is laid out by the walk. Programs that would change the machine or ask an
index (`sudo`, `apt-get`) are stood in for by scripts that only write down what they were asked.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ACTIONS = {"actions/checkout@v4", "actions/setup-python@v5", "actions/upload-artifact@v4"}
_STAND_IN = '#!/bin/sh\necho "${0##*/} $*" >>"${0%/*}/asked.txt"\n'


@dataclass(frozen=True)
class Ran:
    """What became of a job: its exit code, what it printed, and the paths that it keeps."""

    code: int
    said: str
    kept: tuple[Path, ...] = ()


def stand_ins(folder: Path) -> Path:
    """A folder for the head of PATH: `sudo` and `apt-get` that do nothing, and a `python`."""
    folder.mkdir()
    for name in ("sudo", "apt-get"):
        (folder / name).write_text(_STAND_IN, encoding="utf-8")
    base = Path(sys.executable).resolve()
    for name in ("python", "python3"):
        (folder / name).write_text(f'#!/bin/sh\nexec "{base}" "$@"\n', encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o755)
    return folder


def environment(programs: Path, home: Path, **more: str) -> dict[str, str]:
    """What a job starts with; no index can be asked."""
    home.mkdir(exist_ok=True)
    return {
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "CI": "true",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        **({"TMPDIR": os.environ["TMPDIR"]} if "TMPDIR" in os.environ else {}),
        **more,
    }


def run_github(
    folder: Path, workflow: str, known: Mapping[str, str], environ: Mapping[str, str]
) -> Ran:
    """Run the one job of a workflow in its checkout; `known` are values of `${{ … }}`."""
    (job,) = yaml.safe_load((folder / workflow).read_text("utf-8"))["jobs"].values()
    code, said, kept = 0, "", []
    for step in job["steps"]:
        if code and step.get("if") != "always()":
            continue
        if "uses" in step:
            assert step["uses"] in ACTIONS, step["uses"]
            kept += step.get("with", {}).get("path", "").split()
            continue
        own = {name: _filled(value, known) for name, value in step.get("env", {}).items()}
        ran = _bash(_filled(step["run"], known), folder, {**environ, **own})
        code, said = code or ran.code, said + ran.said
    return Ran(code, said, tuple(folder / name for name in kept))


def run_gitlab(folder: Path, environ: Mapping[str, str]) -> Ran:
    """Run the one job of a template in its checkout."""
    (job,) = yaml.safe_load((folder / ".gitlab-ci.yml").read_text("utf-8")).values()
    ran = _bash("\n".join(job["script"]), folder, environ)
    keeps: Mapping[str, Any] = job["artifacts"]
    kept = [*keeps.get("paths", ()), *keeps.get("reports", {}).values()]
    return Ran(ran.code, ran.said, tuple(folder / name for name in kept))


def _bash(script: str, folder: Path, environ: Mapping[str, str]) -> Ran:
    """Both forges run a script in one bash that ends with the first command that fails."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    ran = subprocess.run(
        command, cwd=folder, env=dict(environ), capture_output=True, text=True, check=False
    )
    return Ran(ran.returncode, ran.stdout + ran.stderr)


def _filled(text: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{\s*([\w.]+)\s*\}\}", lambda found: known[found[1]], text)
