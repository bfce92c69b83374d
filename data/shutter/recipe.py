"""The recipe of `shutter`: is it brighter while the shutter is open?

The story. Ten weak light detectors and one shutter, forty readings a sequence. The shutter is open
on twenty of the forty steps, at random places. The lamp behind it is far dimmer than the noise: no
single reading tells anything. An assistant who nodded off wrote the wrong label on exactly eleven
of every hundred sequences. All of this is simulated, and the lesson says so: only there is the best
possible score known. Physicists do measure this way; they call it lock-in detection.

The formula. With N a fresh standard normal number for each detector and step, and LIFT = 0.17:

    shutter_t  = +1 on 20 random steps (open), -1 on the other 20 (shut)         channel 0
    detector_t = N + s * LIFT * shutter_t                                        channels 1 .. 10

with s = -1 for "dimmer" (label 0) and s = +1 for "brighter" (label 1). Turning both the shutter and
s round gives the very same detectors, so the detectors without the shutter say nothing about the
class, whatever is computed from them; and the shutter alone never saw the lamp. Only their product
tells, summed over the whole sequence. Readings are kept to two decimals.

The ceiling. The sign of sum over t of shutter_t * (sum of the detectors at t) tells the classes
apart without an error: a sequence that the noise turned round (about one in a thousand) is drawn
again. Then exactly 11% of each split's labels are flipped, at random places: 22 of 200 training
labels, 165 of 1500 for validation, 220 of 2000 hidden ones. The perfect rule therefore scores
exactly 89.00% on every split, and a model that scores more on its training set has learnt wrong
labels by heart.

The order of the steps plays no part: this unit is about letting in and holding on, not about order.

`lab.load`, `lab.draw` and the referee load this file by its path; it needs numpy and nothing of the
course, and must never depend on anything but the seed it is given. By hand:

    python data/shutter/recipe.py            writes shutter.npz and SHA256SUMS anew, byte for byte
    python data/shutter/recipe.py --check    only compares; exit code 1 where they differ
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

CLASSES = ("dimmer", "brighter")
SIZES = {"train": 200, "val": 1500, "hidden": 2000}
STEPS = 40
DETECTORS = 10
LIFT = 0.17
WRONG_SHARE = 0.11
CEILING = 100.0 * (1.0 - WRONG_SHARE)

# What grading draws anew beside the rows (grader/core/recoded_draws.py): the detectors' order,
# which five of them are wired the other way round, and the names of the classes. The shutter stays.
RECODED = {"classes": len(CLASSES), "turned": (1, 1 + DETECTORS)}

# The draw that lessons use, committed without its hidden split. Any other would do as well.
PAGE_SEED = 2026
HERE = Path(__file__).resolve().parent


def draw(seed: int) -> dict[str, Arrays]:
    """Draw "train", "val" and "hidden" anew; the same seed (>= 0) gives the same numbers.

    Each split has x float32 (N, 40, 11), channel 0 the shutter; y int64 (N,) as the assistant
    wrote it; and wrong bool (N,): True where that label was flipped on purpose.
    """
    return {
        name: draw_split(np.random.default_rng([seed, number]), rows)
        for number, (name, rows) in enumerate(SIZES.items())
    }


def draw_split(rng: np.random.Generator, rows: int) -> Arrays:
    """Draw one split: half of each class, in random order, 11% of the labels flipped."""
    truth = rng.permutation(np.arange(rows) % 2)
    x = draw_sequences(rng, truth)
    wrong = np.zeros(rows, dtype=bool)
    wrong[rng.permutation(rows)[: round(WRONG_SHARE * rows)]] = True
    return {"x": x, "y": np.where(wrong, 1 - truth, truth).astype(np.int64), "wrong": wrong}


def draw_sequences(
    rng: np.random.Generator, truth: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Draw one sequence (40, 11) for each true class in `truth` (N,): float32 (N, 40, 11)."""
    x = _draw_once(rng, truth)
    while (turned := np.flatnonzero(rule(x) != truth)).size:
        x[turned] = _draw_once(rng, truth[turned])
    return x


def _draw_once(rng: np.random.Generator, truth: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    half = np.repeat([1.0, -1.0], STEPS // 2)
    shutter = rng.permuted(np.tile(half, (len(truth), 1)), axis=1)
    sign = np.where(truth == 1, 1.0, -1.0)
    detectors = rng.standard_normal((len(truth), STEPS, DETECTORS))
    detectors += LIFT * (sign[:, np.newaxis] * shutter)[:, :, np.newaxis]
    x = np.concatenate([shutter[:, :, np.newaxis], detectors], axis=2)
    # Two decimals: the last bits of a logarithm, which differ between machines, never show.
    return np.round(x, 2).astype(np.float32)


def rule(x: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The perfect rule: brighter (1) where the detectors of (N, T, 11) rise with the shutter."""
    shutter, detectors = x[:, :, 0].astype(np.float64), x[:, :, 1:].astype(np.float64)
    return np.where((shutter * detectors.sum(axis=2)).sum(axis=1) > 0, 1, 0)


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
    checksum = f"{hashlib.sha256(data).hexdigest()}  shutter.npz\n"
    return {"shutter.npz": data, "SHA256SUMS": checksum.encode()}


def main() -> int:
    """Write the committed files, or with --check compare them; 1 where they differ."""
    parser = argparse.ArgumentParser(description="Write data/shutter/shutter.npz, its checksum.")
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
