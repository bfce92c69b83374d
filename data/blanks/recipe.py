"""The recipe of `blanks`: which kind of word is missing?

The story. A sentence from a dictionary with one word hidden, `<blank>`, and at least three words
behind it. Is the missing word a noun, a verb, a preposition, a pronoun or a determiner? What stands
before it tells half, what stands behind it the other half. The sentences are real: the quoted
examples of WordNet 3.0 (licence beside this file); make.py says how they were chosen.

A split. The public pool holds 15,000 sentences. `draw(seed)` shuffles them: 10,000 for training,
2000 for validation, the rest hidden; in a graded run all hidden ones come from a pool that only
teachers have. No two sentences of both pools share 60% of their words or more.

Wrong labels. Exactly 5% of the training labels, 500 at random places, were exchanged for another
class, as a careless annotator does. Validation and hidden labels are right. A model that has not
learnt wrong labels by heart therefore scores 95% on its training set at best, and as some blanks
can be filled in several ways (`brought <blank> sad news`), a good one scores about 90%.

`lab.load`, `lab.draw` and the referee load this file by its path; it needs numpy and nothing of the
course, and must never depend on anything but the seed and the pools. By hand:

    python data/blanks/recipe.py            writes blanks.npz anew from pool.npz, byte for byte
    python data/blanks/recipe.py --check    only compares all files with SHA256SUMS
"""

import argparse
import hashlib
import io
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

CLASSES = ("noun", "verb", "preposition", "pronoun", "determiner")
SIZES = {"train": 10_000, "val": 2000}
HIDDEN_ROWS = 3000
STEPS = 14
WRONG_SHARE = 0.05
ENDINGS = ("ing", "ed", "ly", "tion", "er", "s")
SPECIAL = ("<pad>", "<unk>", "<blank>", "<num>", *(f"<unk-{ending}>" for ending in ENDINGS))
PAD, UNK, BLANK = 0, 1, 2

# The draw that lessons use, committed without its hidden split. Any other would do as well.
PAGE_SEED = 2026
HERE = Path(__file__).resolve().parent
WORDS = (HERE / "words.txt").read_text(encoding="utf-8").splitlines()
# What grading draws anew beside the rows (grader/core/recoded_draws.py): ids of words, but for the
# special ones, and the order of the classes.
RECODED = {"classes": len(CLASSES), "words": (len(SPECIAL), len(WORDS))}


def draw(seed: int, hidden_pool: Path | None = None) -> dict[str, Arrays]:
    """Draw "train", "val" and "hidden" anew; the same seed (>= 0) gives the same rows.

    Each split has x int64 (N, 14), ids padded with 0; y int64 (N,); lengths int64 (N,); and wrong
    bool (N,): True where a label was exchanged. `hidden_pool` is a file like pool.npz to take the
    hidden rows from; without it they are public sentences that this draw does not train on.
    """
    rng = np.random.default_rng([seed, len(CLASSES)])
    pool = _read(HERE / "pool.npz")
    order = rng.permutation(len(pool["y"]))
    train, val = order[: SIZES["train"]], order[SIZES["train"] :][: SIZES["val"]]
    rest = order[SIZES["train"] + SIZES["val"] :]
    splits = {"train": _rows(pool, train), "val": _rows(pool, val), "hidden": _rows(pool, rest)}
    if hidden_pool is not None:
        splits["hidden"] = _rows(_read(hidden_pool), slice(None))
    truth, wrong = splits["train"]["y"], splits["train"]["wrong"]
    wrong[rng.permutation(len(wrong))[: round(WRONG_SHARE * len(wrong))]] = True
    moved = (truth + rng.integers(1, len(CLASSES), len(truth))) % len(CLASSES)
    splits["train"]["y"] = np.where(wrong, moved, truth)
    return splits


def words() -> list[str]:
    """The vocabulary: the word of each id."""
    return list(WORDS)


def _rows(pool: Arrays, index: npt.NDArray[np.int64] | slice) -> Arrays:
    split = {key: pool[key][index].astype(np.int64) for key in ("x", "y", "lengths")}
    return {**split, "wrong": np.zeros(len(split["y"]), dtype=bool)}


@cache
def _read(path: Path) -> Arrays:
    with np.load(path) as arrays:
        return {key: arrays[key] for key in arrays.files}


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
    """The file that lessons load: the page's training and validation split, in small types."""
    drawn = draw(PAGE_SEED)
    small: dict[str, Any] = {"x": np.int16, "y": np.int8, "lengths": np.int8, "wrong": np.bool_}
    parts = {
        f"{part}_{key}": array.astype(small[key])
        for part in ("train", "val")
        for key, array in drawn[part].items()
    }
    return {"blanks.npz": packed(parts)}


def main() -> int:
    """Write blanks.npz, or with --check compare every file with SHA256SUMS; 1 where one differs."""
    parser = argparse.ArgumentParser(description="Write data/blanks/blanks.npz from pool.npz.")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    if not parser.parse_args().check:
        for name, content in committed().items():
            (HERE / name).write_bytes(content)
    differing = 0
    for line in (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        path = HERE / name
        same = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
        differing += not same
        print(f"{name}: {'as committed' if same else 'differs'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
