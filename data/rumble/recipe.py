"""The recipe of `rumble`: does a bearing rumble or hiss, heard by eight sensors?

The story. Eight sensors listen to a bearing, sixteen readings a clip. A worn bearing *rumbles*:
each reading resembles the one before. A dry one *hisses*: each reading swings to the other side. A
tired technician labelled the clips and ticked the wrong box on exactly eleven of every hundred. All
of this is simulated, and the lesson says so: only there is the best possible score known.

The formula. For each sensor, with N a fresh standard normal number and PHI = 0.80, a path says in
which order loud and quiet come:

    z_0 = N                z_t = s * PHI * z_(t-1) + sqrt(1 - PHI**2) * N        t = 1 .. 15

with s = +1 for a rumble (label 0) and s = -1 for a hiss (label 1). The readings themselves are
sixteen fresh standard normal numbers, put in the order of the path: the smallest reading where z is
smallest, and so on. So a sensor has the very same kind of readings in both classes, and what looks
at no order is at chance: its mean, its sum, its histogram. (A clip that were z itself would not do:
the squared sum over time of such a path already tells its sign.) Readings are kept to two decimals.

The ceiling. The sign of the sum of x_t * x_(t-1) over steps and sensors tells the classes apart; a
clip is drawn anew until it does, which is hardly ever needed. Then exactly 11% of each split's
labels are flipped, at random places: 33 of 300 training labels, 110 of 1000 for validation, 220 of
2000 hidden ones. The perfect rule therefore scores exactly 89.00% on every split, and a model that
scores more on its training set has learnt wrong labels by heart.

`lab.load`, `lab.draw` and the referee load this file by its path; it needs numpy and nothing of the
course, and must never depend on anything but the seed it is given. By hand:

    python data/rumble/recipe.py            writes rumble.npz and SHA256SUMS anew, byte for byte
    python data/rumble/recipe.py --check    only compares; exit code 1 where they differ
"""

import argparse
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[np.generic]]
Clips = npt.NDArray[np.float32]

CLASSES = ("rumble", "hiss")
SIZES = {"train": 300, "val": 1000, "hidden": 2000}
STEPS = 16
SENSORS = 8
PHI = 0.80
WRONG_SHARE = 0.11
CEILING = 100.0 * (1.0 - WRONG_SHARE)

# What grading draws anew beside the rows (grader/core/recoded_draws.py): the sensors are mixed by a
# rotation, which leaves their sum of products as it is, and the classes may change their names.
RECODED = {"classes": len(CLASSES), "rotated": (0, SENSORS)}

# The draw that lessons use, committed without its hidden split. Any other would do as well.
PAGE_SEED = 2026
HERE = Path(__file__).resolve().parent


def draw(seed: int) -> dict[str, Arrays]:
    """Draw "train", "val" and "hidden" anew; the same seed (>= 0) gives the same numbers.

    Each split has x float32 (N, 16, 8), y int64 (N,) as the technician wrote it, and wrong bool
    (N,): True where that label was flipped on purpose.
    """
    return {
        name: draw_split(np.random.default_rng([seed, number]), rows)
        for number, (name, rows) in enumerate(SIZES.items())
    }


def draw_split(rng: np.random.Generator, rows: int) -> Arrays:
    """Draw one split: half rumbles, half hisses, in random order, 11% of the labels flipped."""
    truth = rng.permutation(np.arange(rows) % 2)
    x = draw_clips(rng, truth)
    wrong = np.zeros(rows, dtype=bool)
    wrong[rng.permutation(rows)[: round(WRONG_SHARE * rows)]] = True
    return {"x": x, "y": np.where(wrong, 1 - truth, truth).astype(np.int64), "wrong": wrong}


def draw_clips(rng: np.random.Generator, truth: npt.NDArray[np.int64]) -> Clips:
    """Draw one clip for each true class in `truth` (N,): float32 (N, 16, 8)."""
    x = _ordered(rng, truth)
    while (missed := np.flatnonzero(rule(x) != truth)).size:
        x[missed] = _ordered(rng, truth[missed])
    return x


def _ordered(rng: np.random.Generator, truth: npt.NDArray[np.int64]) -> Clips:
    """Readings that know nothing of the class, in an order that does."""
    pull = PHI * np.where(truth == 0, 1.0, -1.0)[:, np.newaxis]
    path = rng.standard_normal((len(truth), STEPS, SENSORS))
    for t in range(1, STEPS):
        path[:, t] = pull * path[:, t - 1] + np.sqrt(1.0 - PHI**2) * path[:, t]
    readings = np.sort(rng.standard_normal(path.shape), axis=1)
    ranks = path.argsort(axis=1).argsort(axis=1)
    # Two decimals: the last bits of a logarithm, which differ between machines, never show.
    x: Clips = np.round(np.take_along_axis(readings, ranks, axis=1), 2).astype(np.float32)
    return x


def rule(x: Clips) -> npt.NDArray[np.int64]:
    """The perfect rule: hiss (1) where neighbouring readings of (N, T, 8) disagree in sign."""
    agreement = (x[:, 1:].astype(np.float64) * x[:, :-1]).sum(axis=(1, 2))
    return np.where(agreement < 0, 1, 0)


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


def committed() -> dict[str, bytes]:
    """The committed files by name: the page's training and validation split, and the checksum."""
    drawn = draw(PAGE_SEED)
    parts = {f"{part}_{key}": a for part in ("train", "val") for key, a in drawn[part].items()}
    data = packed(parts)
    checksum = f"{hashlib.sha256(data).hexdigest()}  rumble.npz\n"
    return {"rumble.npz": data, "SHA256SUMS": checksum.encode()}


def main() -> int:
    """Write the committed files, or with --check compare them; 1 where they differ."""
    parser = argparse.ArgumentParser(description="Write data/rumble/rumble.npz and its checksum.")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    differing = 0
    for name, content in committed().items():
        path = HERE / name
        same = path.is_file() and path.read_bytes() == content
        differing += not same
        if not (same or check):
            path.write_bytes(content)
        state = "as committed" if same else "differs" if check else "written anew"
        print(f"{name}: {len(content):,} bytes, {state}")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
