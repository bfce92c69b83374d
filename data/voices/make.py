"""Make `voices` from JapaneseVowels: `python data/voices/make.py FOLDER`.

Authors run this once. FOLDER holds JapaneseVowels_TRAIN.ts and JapaneseVowels_TEST.ts as the
package aeon 1.6.0 ships them (datasets/data/JapaneseVowels inside its wheel; a wheel is a zip). It
writes pool.npz, voices.npz and SHA256SUMS beside itself, and the recordings for grading into
solutions/04_packing/hidden.npz; the same bytes each time.

The 270 + 370 recordings are pooled in file order, their coefficients rounded to thousandths; 120 of
them, the same share of each speaker's, become hidden.npz, the other 520 pool.npz.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent))
import recipe

HIDDEN_RECORDINGS = 120
HIDDEN_SEED = 7
HIDDEN = recipe.HERE.parents[1] / "solutions" / "04_packing" / "hidden.npz"


def main() -> None:
    """Read the two files and write the four."""
    parser = argparse.ArgumentParser(description="Make data/voices from JapaneseVowels.")
    parser.add_argument("folder", type=Path, help="folder of JapaneseVowels_TRAIN.ts")
    folder = parser.parse_args().folder
    recordings = [
        recording
        for part in ("TRAIN", "TEST")
        for recording in parse(folder / f"JapaneseVowels_{part}.ts")
    ]
    y = np.array([label for label, _ in recordings])
    order = recipe.shuffled(np.random.default_rng(HIDDEN_SEED), y)
    hidden, public = np.split(order, [HIDDEN_RECORDINGS])
    HIDDEN.parent.mkdir(parents=True, exist_ok=True)
    HIDDEN.write_bytes(pool(recordings, np.sort(hidden)))
    (recipe.HERE / "pool.npz").write_bytes(pool(recordings, np.sort(public)))
    (recipe.HERE / "voices.npz").write_bytes(recipe.page())
    sums = [
        f"{hashlib.sha256((recipe.HERE / name).read_bytes()).hexdigest()}  {name}\n"
        for name in recipe.COMMITTED
    ]
    (recipe.HERE / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def parse(path: Path) -> list[tuple[int, npt.NDArray[np.int16]]]:
    """Each recording of a .ts file: label 0 to 8, and thousandths (T, 12)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines[lines.index("@data") + 1 :]:
        *channels, label = line.split(":")
        values = np.array([[float(value) for value in part.split(",")] for part in channels])
        found.append((int(label) - 1, np.round(values.T * recipe.SCALE).astype(np.int16)))
    return found


def pool(
    recordings: list[tuple[int, npt.NDArray[np.int16]]], index: npt.NDArray[np.int64]
) -> bytes:
    """The recordings of `index` as a pool file."""
    chosen = [recordings[place] for place in index]
    return recipe.packed(
        {
            "frames": np.concatenate([frames for _, frames in chosen]),
            "lengths": np.array([len(frames) for _, frames in chosen], dtype=np.int64),
            "y": np.array([label for label, _ in chosen], dtype=np.int64),
        }
    )


if __name__ == "__main__":
    main()
