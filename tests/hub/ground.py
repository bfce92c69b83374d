"""A real JupyterHub on this machine: users made for it, a course of theirs, an exchange."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.environments import no_environment, open_environment
from tests.exchange.conftest import ROOT, release_toys
from tests.waiting import HANGS

TEACHER, LEARNERS = "hub-teacher", ("hub-ann", "hub-bob")
PASSWORD = "of no account"  # noqa: S105 - the hub lives for a test
PROXY = "configurable-http-proxy"


def lacking() -> str:
    """What this machine lacks for a hub; empty where there is all."""
    if os.geteuid() != 0:
        return "a hub needs root, to start servers as other users"
    if not shutil.which("useradd"):
        return "useradd is missing"
    if no_environment():
        return no_environment()
    if find_spec("jupyterhub") is None:
        return "jupyterhub is missing (pip install jupyterhub)"
    return "" if shutil.which("npm") or shutil.which(PROXY) else f"npm and {PROXY} are missing"


@dataclass(frozen=True)
class Hub:
    """A hub that runs: its address, its class's course, the exchange, homes by user."""

    address: str
    course: Path
    exchange: Path
    homes: dict[str, Path]
    log: Path


@contextmanager
def hub(folder: Path) -> Iterator[Hub]:
    """Make users, course, profile; start the hub; end and remove all but `folder`."""
    homes = {name: folder / "homes" / name for name in (TEACHER, *LEARNERS)}
    (folder / "homes").mkdir()
    for name, home in homes.items():
        _run("useradd", "--create-home", "--home-dir", str(home), "--shell", "/bin/bash", name)
    try:
        with open_environment() as python:
            course = _course(homes[TEACHER], folder / "exchange")
            ports = _free_ports(4)
            profile = _profile(python, course, ports[3])
            config = folder / "jupyterhub_config.py"
            config.write_text(_hub_config(python, profile, ports), encoding="utf-8")
            with _started(folder, config, ports[0]) as log:
                address = f"http://127.0.0.1:{ports[0]}"
                yield Hub(address, course, folder / "exchange", homes, log)
    finally:
        for name in homes:
            subprocess.run(["pkill", "-KILL", "-u", name], check=False)
            subprocess.run(["userdel", name], check=False, capture_output=True)


def _profile(python: Path, course: Path, port: int) -> Path:
    """Let the teacher write the hub's profile, which learners' servers read a part of."""
    folder = course.parent / "profile"
    own = ("setpriv", f"--reuid={TEACHER}", f"--regid={TEACHER}", "--clear-groups")
    words = ("hub-profile", str(folder), "--teacher", TEACHER, "--port", str(port))
    _run(*own, str(python), "-m", "grader", *words, cwd=course)
    course.parent.chmod(0o711)
    return folder


def _run(*words: str, cwd: Path | None = None) -> None:
    home = {"HOME": str(cwd.parent)} if cwd else {}
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, cwd=cwd, env={**os.environ, **home}
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


def _course(home: Path, exchange: Path) -> Path:
    """The class of the exchange's tests, at home with the teacher."""
    root = release_toys(home / "course")
    exchange.mkdir()
    exchange.chmod(0o1777)
    config = root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8").replace("get_config(), root", "c, root")
    text = text.replace("configure(c", "c = get_config()\nconfigure(c")
    where = 'str(Path(__file__).parent.parent / "exchange")'
    assert where in text
    config.write_text(text.replace(where, repr(str(exchange))), encoding="utf-8")
    owner = pwd.getpwnam(TEACHER)
    for path in (root, *root.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    return root


def _hub_config(python: Path, profile: Path, ports: list[int]) -> str:
    """What is this machine's; the rest is the profile's."""
    public, inner, proxy, _ = ports
    return f"""
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{inner}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.ConfigurableHTTPProxy.command = [{_proxy()!r}]
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {PASSWORD!r}
c.Authenticator.allowed_users = {{{TEACHER!r}, *{LEARNERS!r}}}
c.Spawner.cmd = [{str(python)!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.start_timeout = {int(HANGS)}
c.Spawner.http_timeout = {int(HANGS)}
load_subconfig({str(profile / "jupyterhub_config.py")!r})
"""


def _proxy() -> str:
    """The hub's proxy: on PATH, or fetched once by npm into `build/`."""
    found = shutil.which(PROXY)
    if found:
        return found
    folder = ROOT / "build" / "npm"
    made = folder / "node_modules" / ".bin" / PROXY
    if not made.exists():
        _run("npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"{PROXY}@5")
    return str(made)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def _started(folder: Path, config: Path, port: int) -> Iterator[Path]:
    log = folder / "hub.log"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPY", "GRADER"))}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(config)],
            cwd=folder,
            env=kept | {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/hub/api", process, log)
            yield log
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + HANGS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(address) as reply:  # noqa: S310
                json.load(reply)
                return
        except (URLError, OSError, ValueError):
            time.sleep(0.3)
    message = f"JupyterHub did not start:\n{log.read_text()[-4000:]}"
    raise AssertionError(message)
