"""The recipe of `voices`: which of nine men said it, over a noisy telephone?

The story. Nine Japanese men said /ae/, 640 times in all; each recording is a sequence of 7 to 29
frames, twelve numbers a frame (JapaneseVowels; README.md names the authors and the licence). Here
they speak over a noisy telephone line, a clerk wrote the wrong name beside exactly ten of every
hundred calls, and a careless pipeline pads every call with zeros to fifty frames.

A draw. 520 of the recordings are public, 120 (the same share of each speaker's) only teachers have.
`draw(seed)` shuffles the public ones, each speaker's on their own, so that all splits hold the nine
speakers in the same shares: 340 recordings for training, 120 for validation, 60 to spare. Frames
are standardised with the mean and spread of the training frames, and then telephoned:

    x_t = (frame_t - mean) / spread + 0.20 * N            N fresh standard normal, for valid frames

A training recording is telephoned once. 120 recordings are few to measure with, so each validation
recording is telephoned three times and each hidden one four times, with noise of its own every
time: that shrinks the noise of a score, not its dependence on which recordings were drawn. Hidden
calls come from the teachers' recordings in a graded run, else from the 60 to spare. No recording is
in two splits; the speakers are in all of them: who speaks is the question.

The ceiling. Then exactly 10% of each split's names are exchanged for another one, at random places:
34 of 340 in training, 36 of 360 in validation, 48 of 480 hidden. Somebody who knew every voice
would score exactly 90.00% on every split.

`lab.load`, `lab.draw` and the referee load this file by its path; it needs numpy and nothing of the
course, and must never depend on anything but the seed and the pools. By hand:

    python data/voices/recipe.py            writes voices.npz anew from pool.npz, byte for byte
    python data/voices/recipe.py --check    only compares all files with SHA256SUMS
"""

import argparse
import hashlib
import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]
Index = npt.NDArray[np.int64]

CLASSES = tuple(f"speaker {number}" for number in range(1, 10))
RECORDINGS = {"train": 340, "val": 120}
CALLS = {"train": 1, "val": 3, "hidden": 4}
STEPS = 50
NOISE = 0.20
WRONG_SHARE = 0.10
CEILING = 100.0 * (1.0 - WRONG_SHARE)
# Pools hold whole numbers: thousandths of the original coefficients.
SCALE = 1000.0

# What grading draws anew beside the rows (grader/core/recoded_draws.py): the twelve numbers of a
# frame are mixed by a rotation and standardised again, and the speakers get other numbers.
RECODED = {"classes": len(CLASSES), "rotated": (0, 12), "rescaled": True}

# The draw that lessons use, committed without its hidden split. Any other would do as well.
PAGE_SEED = 2026
HERE = Path(__file__).resolve().parent
COMMITTED = ("pool.npz", "voices.npz")


def draw(seed: int, hidden_pool: Path | None = None) -> dict[str, Arrays]:
    """Draw "train", "val" and "hidden" anew; the same seed (>= 0) gives the same numbers.

    Each split has x float32 (N, 50, 12), zero beyond each call's end; lengths int64 (N,); y int64
    (N,) as the clerk wrote it; and wrong bool (N,): True where that name was exchanged.
    `hidden_pool` is a file like pool.npz to take the hidden recordings from.
    """
    pool = read(HERE / "pool.npz")
    order = shuffled(np.random.default_rng([seed, 9]), pool["y"])
    train, rest = np.split(order, [RECORDINGS["train"]])
    val, spare = np.split(rest, [RECORDINGS["val"]])
    parts = {"train": (pool, train), "val": (pool, val), "hidden": (pool, spare)}
    if hidden_pool is not None:
        hidden = read(hidden_pool)
        parts["hidden"] = (hidden, np.arange(len(hidden["y"])))
    heard = np.concatenate([_frames(pool, recording) for recording in train])
    mean, spread = heard.mean(axis=0), heard.std(axis=0)
    return {
        name: _telephoned(
            np.random.default_rng([seed, number]),
            source,
            np.repeat(index, CALLS[name]),
            mean,
            spread,
        )
        for number, (name, (source, index)) in enumerate(parts.items())
    }


def shuffled(rng: np.random.Generator, y: Index) -> Index:
    """All places of y (N,) in random order, such that every stretch holds the classes' shares."""
    key = np.empty(len(y))
    for label in np.unique(y):
        places = np.flatnonzero(y == label)
        key[places] = (rng.permutation(len(places)) + rng.random(len(places))) / len(places)
    return np.argsort(key)


def read(path: Path) -> Arrays:
    """Read a pool: frames int16 (F, 12) of all recordings one after another, lengths, y."""
    with np.load(path) as arrays:
        pool = {name: arrays[name] for name in ("frames", "lengths", "y")}
    return pool | {"ends": np.cumsum(pool["lengths"])}


def _frames(pool: Arrays, recording: int) -> npt.NDArray[np.float64]:
    end = pool["ends"][recording]
    found: npt.NDArray[np.int16] = pool["frames"][end - pool["lengths"][recording] : end]
    return found / SCALE


def _telephoned(
    rng: np.random.Generator,
    pool: Arrays,
    index: Index,
    mean: npt.NDArray[np.float64],
    spread: npt.NDArray[np.float64],
) -> Arrays:
    """One call for each recording in `index`, in random order, 10% of the names exchanged."""
    index = rng.permutation(index)
    rows, lengths = len(index), pool["lengths"][index]
    x = np.zeros((rows, STEPS, len(mean)))
    for row, recording in enumerate(index):
        clean = (_frames(pool, recording) - mean) / spread
        x[row, : len(clean)] = clean + NOISE * rng.standard_normal(clean.shape)
    wrong = np.zeros(rows, dtype=bool)
    wrong[rng.permutation(rows)[: round(WRONG_SHARE * rows)]] = True
    other = rng.integers(1, len(CLASSES), rows)
    truth = pool["y"][index]
    return {
        # Two decimals: the last bits of a logarithm, which differ between machines, never show.
        "x": np.round(x, 2).astype(np.float32),
        "y": np.where(wrong, (truth + other) % len(CLASSES), truth).astype(np.int64),
        "wrong": wrong,
        "lengths": lengths.astype(np.int64),
    }


def packed(arrays: Arrays) -> bytes:
    """Pack arrays as an uncompressed .npz whose bytes depend on the arrays alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            # A fixed time and system: `np.savez` leaves the system's number in the file.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0))
            archive.writestr(entry, content.getvalue())
    return buffer.getvalue()


def page() -> bytes:
    """The content of voices.npz: the page's training and validation split."""
    drawn = draw(PAGE_SEED)
    parts = {f"{part}_{key}": a for part in ("train", "val") for key, a in drawn[part].items()}
    return packed(parts)


def main() -> int:
    """Write voices.npz, then (or only, with --check) compare with SHA256SUMS; 1 if they differ."""
    parser = argparse.ArgumentParser(description="Write data/voices/voices.npz anew.")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    if not parser.parse_args().check:
        (HERE / "voices.npz").write_bytes(page())
    recorded = dict(
        reversed(line.split()) for line in (HERE / "SHA256SUMS").read_text().splitlines()
    )
    differing = 0
    for name in COMMITTED:
        same = hashlib.sha256((HERE / name).read_bytes()).hexdigest() == recorded.get(name)
        differing += not same
        print(f"{name}: {'as recorded' if same else 'differs from SHA256SUMS'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
