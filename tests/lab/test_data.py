"""Data is found by variable or upward from the folder, and its absence is explained."""

from pathlib import Path

import numpy as np
import pytest
import torch

from grader import lab
from grader.core.data_recipe import load
from grader.core.errors import SetupError


@pytest.fixture
def beeps(folder: Path) -> Path:
    """The data set `beeps` with its committed file."""
    home = folder.parents[1] / "data" / "beeps"
    splits = load(home).draw(7)
    arrays = {f"{part}_{k}": v for part in ("train", "val") for k, v in splits[part].items()}
    np.savez(home / "beeps.npz", **arrays)
    return home


def test_load_gives_splits_masks_and_class_names(beeps: Path) -> None:
    data = lab.load("beeps")
    assert (len(data.train), len(data.val)) == (60, 80)
    assert data.train.x.dtype is torch.float32
    assert data.train.y.dtype is torch.int64
    assert int(data.wrong.sum()) == 6
    assert int(data.wrong_val.sum()) == 8
    assert data.classes == ("rumble", "hiss")
    assert "beeps" in repr(data)


def test_draws_repeat_by_seed(folder: Path) -> None:
    one, again, other = (lab.draw("beeps", seed) for seed in (3, 3, 4))
    assert len(one) == 3
    assert all(torch.equal(a.x, b.x) for a, b in zip(one, again, strict=True))
    assert not torch.equal(one[0].x, other[0].x)


def test_the_variable_wins_over_the_working_folder(
    beeps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_DATA", str(beeps.parent))
    monkeypatch.chdir(tmp_path.parent)
    assert len(lab.load("beeps").train) == 60
    monkeypatch.setenv("GRADER_DATA", str(tmp_path / "elsewhere"))
    with pytest.raises(SetupError, match="elsewhere"):
        lab.load("beeps")


def test_a_missing_data_set_names_those_there_are(folder: Path) -> None:
    with pytest.raises(SetupError, match=r"'boops'.*beeps.*make lab"):
        lab.load("boops")
