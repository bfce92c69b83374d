"""A copy beside a submission that holds the work is named with the command that mends it."""

import json
import os
import shutil
from pathlib import Path

import pytest

from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from grader.classroom.submissions.other_copies import passed_over

ROOT = Path(__file__).resolve().parents[2]
UNIT = "02_gru"


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> ReleasedNotebooks:
    home = tmp_path_factory.mktemp("copies")
    for unit in (UNIT, "01_rnn"):
        shutil.copytree(ROOT / "notebooks" / unit, home / "notebooks" / unit)
    return ReleasedNotebooks.of(home)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ann lee" / UNIT
    made.mkdir(parents=True)
    return made


def notebook(words: str = "", unit: str = UNIT) -> bytes:
    content = json.loads((ROOT / "notebooks" / unit / f"{unit[3:]}.ipynb").read_bytes())
    answers = (c for c in content["cells"] if c["metadata"].get("nbgrader", {}).get("solution"))
    if words:
        next(c for c in answers if c["cell_type"] == "code")["source"] = words
    return json.dumps(content).encode()


@pytest.mark.parametrize("data", [notebook(), b"cut off"])
def test_the_copy_with_the_work_is_named_with_a_command(
    folder: Path, releases: ReleasedNotebooks, data: bytes
) -> None:
    (folder / "gru (1).ipynb").write_bytes(notebook("x = 1"))
    (folder / "gru-Copy1.ipynb").write_bytes(notebook())
    told = passed_over(folder, "gru.ipynb", data, releases)
    assert told.startswith(f"{folder}/gru.ipynb holds no work, and gru (1).ipynb beside it does")
    assert told.endswith(f"mv '{folder}/gru (1).ipynb' '{folder}/gru.ipynb'")


def test_the_work_may_be_in_jupyters_own_copy_alone(
    folder: Path, releases: ReleasedNotebooks
) -> None:
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints/gru-checkpoint.ipynb").write_bytes(notebook("x = 1"))
    told = passed_over(folder, "gru.ipynb", notebook(), releases)
    assert "and .ipynb_checkpoints/gru-checkpoint.ipynb beside it does" in told


def test_nothing_is_said_where_the_submission_holds_work(
    folder: Path, releases: ReleasedNotebooks
) -> None:
    (folder / "gru-Copy1.ipynb").write_bytes(notebook("x = 1"))
    assert passed_over(folder, "gru.ipynb", notebook("y = 2"), releases) == ""


def test_copies_without_work_are_not_named(folder: Path, releases: ReleasedNotebooks) -> None:
    (folder / "gru-Copy1.ipynb").write_bytes(notebook())
    (folder / "other unit.ipynb").write_bytes(notebook("x = 1", unit="01_rnn"))
    (folder / "broken.ipynb").write_bytes(b"{")
    (folder / "gru.ipynb").write_bytes(notebook("x = 1"))  # no copy of itself
    assert passed_over(folder, "gru.ipynb", notebook(), releases) == ""


def test_a_link_or_a_pipe_is_not_read(
    folder: Path, releases: ReleasedNotebooks, tmp_path: Path
) -> None:
    (tmp_path / "bobs.ipynb").write_bytes(notebook("x = 1"))
    (folder / "link.ipynb").symlink_to(tmp_path / "bobs.ipynb")
    os.mkfifo(folder / "pipe.ipynb")
    assert passed_over(folder, "gru.ipynb", notebook(), releases) == ""


def test_a_unit_that_was_never_released_is_not_looked_at(
    tmp_path: Path, releases: ReleasedNotebooks
) -> None:
    folder = tmp_path / "09_new"
    folder.mkdir()
    (folder / "copy.ipynb").write_bytes(notebook("x = 1"))
    assert passed_over(folder, "new.ipynb", b"", releases) == ""


def test_released_notebooks_are_read_anew_where_a_file_has_changed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "notebooks" / UNIT, tmp_path / "notebooks" / UNIT)
    before = ReleasedNotebooks.of(tmp_path)
    assert ReleasedNotebooks.of(tmp_path) is before
    path = tmp_path / "notebooks" / UNIT / "gru.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    del notebook["cells"][-1]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    after = ReleasedNotebooks.of(tmp_path)
    assert len(after.masters[UNIT].cells) == len(before.masters[UNIT].cells) - 1
