"""The recipe of `latch`: is the lamp on at the end?

The story. A lamp hangs on a latching switch: a pulse up on its wire turns it on, a pulse down turns
it off, and between two pulses nothing happens: the lamp stays as it is. Ten wires are recorded
over forty steps. One is the switch's; the others hum with whatever else goes on in the house. An
assistant who nodded off wrote the wrong label on exactly eleven of every hundred sequences. All of
this is simulated, and the lesson says so: only there is the best possible score known. Electricians
call such a thing a latch, and so do the people who build memory out of transistors.

The formula. With N a fresh standard normal number for each wire and step:

    switch_t = 0.2 * N + 3.5 * pulse_t                                             channel 0
    hum_t    = N                                                                 channels 1 .. 9

with pulse_t = +1 (on), -1 (off) or 0 (nothing). The last pulse of a sequence lies `gap` steps
before its end, each gap from 0 to 36 alike often; before it come none to five others (at most as
many as there is room for), at random steps and of random signs. The lamp's state at the end is the
sign of the last pulse: "off" (label 0) or "on" (label 1). Readings are kept to two decimals.

No short cut. Earlier pulses are drawn without regard to the last one, and the hum without regard to
any, so neither tells. Whoever reads the end of a sequence alone has seen the last pulse only where
its gap is small: half of the sequences have gaps of 18 steps and more.

The ceiling. A pulse never drowns: 3.5 is over seventeen times the noise of its wire. So the sign of
the last reading beyond 1.75 tells the classes apart without an error. Then exactly 11% of each
split's labels are flipped, at random places: 44 of 400 training labels, 110 of 1000 for validation,
220 of 2000 hidden ones. So the perfect rule scores exactly 89.00% on every split, and a model
that scores more on its training set has learnt wrong labels by heart.

`lab.load`, `lab.draw` and the referee load this file by its path; it needs numpy and nothing of the
course, and must never depend on anything but the seed it is given. By hand:

    python data/latch/recipe.py            writes latch.npz and SHA256SUMS anew, byte for byte
    python data/latch/recipe.py --check    only compares; exit code 1 where they differ
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

CLASSES = ("off", "on")
SIZES = {"train": 400, "val": 1000, "hidden": 2000}
STEPS = 40
WIRES = 10
LONGEST_GAP = 36
PULSES_BEFORE = 5
PULSE, QUIET = 3.5, 0.2
WRONG_SHARE = 0.11
CEILING = 100.0 * (1.0 - WRONG_SHARE)

# What grading draws anew beside the rows (grader/core/recoded_draws.py): which wire is whose, five
# of them are wired the other way round, and the names of the classes.
RECODED = {"classes": len(CLASSES), "turned": (0, WIRES)}

# The draw that lessons use, committed without its hidden split. Any other would do as well.
PAGE_SEED = 2026
HERE = Path(__file__).resolve().parent


def draw(seed: int) -> dict[str, Arrays]:
    """Draw "train", "val" and "hidden" anew; the same seed (>= 0) gives the same numbers.

    Each split has x float32 (N, 40, 10), channel 0 the switch; y int64 (N,) as the assistant wrote
    it; and wrong bool (N,): True where that label was flipped on purpose.
    """
    return {
        name: draw_split(np.random.default_rng([seed, number]), rows)
        for number, (name, rows) in enumerate(SIZES.items())
    }


def draw_split(rng: np.random.Generator, rows: int) -> Arrays:
    """Draw one split: half of each class, in random order, 11% of the labels flipped."""
    truth = rng.permutation(np.arange(rows) % 2)
    x = draw_sequences(rng, truth, rng.integers(LONGEST_GAP + 1, size=rows))
    wrong = np.zeros(rows, dtype=bool)
    wrong[rng.permutation(rows)[: round(WRONG_SHARE * rows)]] = True
    return {"x": x, "y": np.where(wrong, 1 - truth, truth).astype(np.int64), "wrong": wrong}


def draw_sequences(
    rng: np.random.Generator, truth: npt.NDArray[np.int64], gaps: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Draw one sequence (40, 10) for each true class in `truth` (N,): float32 (N, 40, 10).

    The last pulse of row i lies `gaps[i]` steps, 0 to 39, before the end.
    """
    x = rng.standard_normal((len(truth), STEPS, WIRES))
    x[:, :, 0] *= QUIET
    x[:, :, 0] += PULSE * _pulses(rng, truth, gaps)
    # Two decimals: the last bits of a logarithm, which differ between machines, never show.
    return np.round(x, 2).astype(np.float32)


def _pulses(
    rng: np.random.Generator, truth: npt.NDArray[np.int64], gaps: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """+1, -1 or 0 for each step, (N, 40): the last one says the class."""
    steps, last = np.arange(STEPS), (STEPS - 1 - gaps)[:, np.newaxis]
    before = np.minimum(rng.integers(PULSES_BEFORE + 1, size=len(truth))[:, np.newaxis], last)
    # the earliest in a random order of the steps before the last pulse
    order = np.where(steps < last, rng.random((len(truth), STEPS)), 2.0)
    chosen = order.argsort(axis=1).argsort(axis=1) < before
    pulses = np.where(chosen, rng.choice([-1.0, 1.0], (len(truth), STEPS)), 0.0)
    pulses[np.arange(len(truth)), last[:, 0]] = np.where(truth == 1, 1.0, -1.0)
    return pulses


def rule(x: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The perfect rule: on (1) where the last pulse on channel 0 of (N, T, 10) goes up."""
    back = x[:, ::-1, 0]
    last = (np.abs(back) > PULSE / 2).argmax(axis=1)
    return (back[np.arange(len(x)), last] > 0).astype(np.int64)


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
    checksum = f"{hashlib.sha256(data).hexdigest()}  latch.npz\n"
    return {"latch.npz": data, "SHA256SUMS": checksum.encode()}


def main() -> int:
    """Write the committed files, or with --check compare them; 1 where they differ."""
    parser = argparse.ArgumentParser(description="Write data/latch/latch.npz, its checksum.")
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
