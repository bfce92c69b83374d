"""Small environments that differ from this one in ipykernel alone, for tests and `benchmarks.stop`.

Each is a venv in build/kernels/ with one package of its own; everything else is found in the
environment that runs this. The first one needs the package index, as any `pip install` does.
"""

import json
import site
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = "7.0.0"
"""The oldest ipykernel that pyproject.toml allows, as found by `make bench-stop`."""


def python_with(ipykernel: str) -> Path:
    """Give the Python of an environment with this ipykernel; make the environment if need be.

    Raises subprocess.CalledProcessError, with pip's words, where it cannot be installed.
    """
    folder = ROOT / "build" / "kernels" / ipykernel
    python = folder / "bin" / "python"
    done = folder / ".ready"
    if done.is_file():
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
    own = next(folder.glob("lib/python*/site-packages"))
    install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        own,
    ]
    subprocess.run(
        [*install, "--disable-pip-version-check", f"ipykernel=={ipykernel}"],
        check=True,
        capture_output=True,
        text=True,
    )
    # A line of a .pth file goes to the end of the path: the venv's own ipykernel stays in front.
    (own / "the_rest.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    done.touch()
    return python


def kernelspec(python: Path) -> dict[str, object]:
    """What kernel.json says for a kernel of this Python."""
    return {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }


def use(ipykernel: str | None, home: Path) -> None:
    """Let `grader lab` in this course folder start kernels of another ipykernel; None: ours."""
    if ipykernel is None:
        return
    folder = home / "build/jupyter/data/kernels/python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(kernelspec(python_with(ipykernel))))
