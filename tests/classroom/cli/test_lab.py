"""`grader lab`: what JupyterLab is started with."""

import json
import os
from argparse import Namespace
from pathlib import Path

import pytest

from grader.classroom.cli import lab, main
from grader.classroom.jupyter import SETTINGS
from grader.core.errors import SetupError, UsageError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A course with two released units and nothing else."""
    for unit, release in (("01_rnn", "aaa111"), ("02_lstm", "bbb222")):
        folder = tmp_path / "notebooks" / unit
        folder.mkdir(parents=True)
        (folder / f"{unit[3:]}.ipynb").write_text("{}")
        (folder / "unit.json").write_text(json.dumps({"release": release}))
    return tmp_path


@pytest.fixture
def started(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """Starts of JupyterLab from `home`: recorded, not made."""
    starts: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.chdir(home)
    monkeypatch.setattr(os, "execve", lambda _, words, given: starts.append((words, given)))
    return starts


def test_each_start_opens_the_first_unit_with_its_contents_beside(
    home: Path, started: list[tuple[list[str], dict[str, str]]]
) -> None:
    """What else was open, JupyterLab brings back itself."""
    main(["lab"])
    main(["lab"])
    (first, given), (second, _) = started
    assert f"--ServerApp.root_dir={home / 'my-work'}" in first
    assert "--LabApp.default_url=/lab/tree/01_rnn/rnn.ipynb" in first
    assert "--LabApp.default_url=/lab/tree/01_rnn/rnn.ipynb" in second
    (layout,) = (Path(given["JUPYTER_CONFIG_DIR"]) / "lab/workspaces").iterdir()
    assert "toc:plugin" in layout.read_text()


def test_a_unit_and_words_for_jupyterlab_are_told_apart(
    started: list[tuple[list[str], dict[str, str]]],
) -> None:
    """With a unit or without."""
    main(["lab", "02_lstm", "--", "--port", "9000"])
    main(["lab", "--", "--port", "9000"])
    assert "--LabApp.default_url=/lab/tree/02_lstm/lstm.ipynb" in started[0][0]
    assert started[0][0][-2:] == started[1][0][-2:] == ["--port", "9000"]


def test_an_unknown_unit_is_named_with_those_there_are(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is copied."""
    monkeypatch.chdir(home)
    with pytest.raises(UsageError, match="01_rnn, 02_lstm"):
        lab.run(Namespace(unit="03_gru", jupyter=[]))
    assert not (home / "my-work").exists()


def test_without_a_released_unit_the_message_says_what_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a clone of which only solutions/ were kept."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SetupError, match="make notebooks"):
        lab.run(Namespace(unit=None, jupyter=[]))


def test_root_and_a_missing_screen_are_told_to_jupyterlab(home: Path) -> None:
    """And only where they are so."""
    plain = lab.command(home, "", root=False, display=True)
    bare = lab.command(home, "", root=True, display=False)
    assert [word for word in bare if word not in plain] == ["--allow-root", "--no-browser"]


def test_jupyter_keeps_its_files_in_build_and_the_users_paths_stay(home: Path) -> None:
    """Nothing of the user's own is lost, nothing is written in the user's home."""
    given = lab.environment(home, {"PATH": "/bin", "JUPYTER_CONFIG_PATH": "theirs"})
    assert given["OMP_NUM_THREADS"] == "1"
    assert lab.environment(home, {"OMP_NUM_THREADS": "4"})["OMP_NUM_THREADS"] == "4"
    assert given["PATH"] == "/bin"
    assert given["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(SETTINGS), "theirs"])
    assert given["GRADER_DATA"] == str(home / "data")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert Path(given[name]).is_relative_to(home / "build")
