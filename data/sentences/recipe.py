"""The recipe of `sentences`: what is the next word?

Real text: short example sentences of WordNet 3.0 (licence beside this file), 4 to 9 words, lower
case; make.py says how they were chosen. sentences.txt holds them, one a line, and words.txt the
2500 words of the vocabulary, one a line: line n (from 0) is the word of id n. Nearly
every fourth word of the text is none of them and becomes `<unk>`.

A sentence of n words becomes n + 1 steps. What the model reads: `<s> w1 ... wn`. What it must say:
`w1 ... wn <s>`, the same words one step earlier, with `<s>` for the end. Both are padded to 10
steps, with 0 (`<pad>`) and with -100, the number that PyTorch's cross entropy passes over.

A split. `draw(seed)` shuffles all public sentences: 1000 to train on, 1000 for validation, 2000
hidden; in a graded run the hidden ones come from a pool that only teachers have. No two sentences
share 60% of their words or more, over both pools. No word is wrong on purpose: what cannot be
learnt here is the accident of what people said.

`lab.load`, `lab.draw` and the referee load this file by its path; it needs numpy and nothing of the
course, and must never depend on anything but the seed and the pools. By hand:

    python data/sentences/recipe.py            writes sentences.npz anew, byte for byte
    python data/sentences/recipe.py --check    only compares all files with SHA256SUMS
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

SIZES = {"train": 1000, "val": 1000, "hidden": 2000}
STEPS = 10
PAD, UNK, START = 0, 1, 2
PASSED_OVER = -100

# The draw that lessons use, committed without its hidden split. Any other would do as well.
PAGE_SEED = 2026
HERE = Path(__file__).resolve().parent
CLASSES = tuple((HERE / "words.txt").read_text(encoding="utf-8").split("\n")[:-1])
# What grading draws anew beside the rows (grader/core/recoded_draws.py): ids of words, but for the
# special ones.
RECODED = {"words": (START + 1, len(CLASSES)), "next_words": True}


def draw(seed: int, hidden_pool: Path | None = None) -> dict[str, Arrays]:
    """Draw "train", "val" and "hidden" anew; the same seed (>= 0) gives the same sentences.

    Each split has x int64 (N, 10); y int64 (N, 10), -100 where padded; lengths int64 (N,), one
    more than the words; and wrong bool (N,), False everywhere. `hidden_pool` is a file with the
    ids `x` (M, 10) of all its hidden sentences; without it they are public ones.
    """
    splits = {name: encode(lines) for name, lines in raw(seed).items()}
    if hidden_pool is not None:
        with np.load(hidden_pool) as arrays:
            splits["hidden"] = shifted(arrays["x"])
    return splits


def raw(seed: int = PAGE_SEED) -> dict[str, list[str]]:
    """The sentences of a draw as they are written, in the order of its rows."""
    lines = sentences()
    order = np.random.default_rng([seed, len(lines)]).permutation(len(lines))
    parts, start = {}, 0
    for name, rows in SIZES.items():
        parts[name] = [lines[place] for place in order[start : start + rows]]
        start += rows
    return parts


@cache
def sentences() -> tuple[str, ...]:
    """All public sentences."""
    return tuple((HERE / "sentences.txt").read_text(encoding="utf-8").splitlines())


def encode(lines: list[str]) -> Arrays:
    """Turn sentences (of 9 words or fewer) into a split."""
    ids = {word: number for number, word in enumerate(CLASSES)}
    x = np.full((len(lines), STEPS), PAD, dtype=np.int64)
    for row, line in enumerate(lines):
        coded = [START, *(ids.get(word, UNK) for word in line.split())]
        x[row, : len(coded)] = coded
    return shifted(x)


def shifted(x: npt.NDArray[Any]) -> Arrays:
    """The split of padded ids (N, 10): at each step the word of the next one is asked."""
    x = x.astype(np.int64)
    lengths = (x != PAD).sum(axis=1)
    y = np.concatenate([x[:, 1:], np.full((len(x), 1), PAD)], axis=1)
    y[np.arange(len(x)), lengths - 1] = START
    y[np.arange(STEPS) >= lengths[:, np.newaxis]] = PASSED_OVER
    return {"x": x, "y": y, "lengths": lengths, "wrong": np.zeros(len(x), dtype=bool)}


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
    small: dict[str, Any] = {"x": np.int16, "y": np.int16, "lengths": np.int8, "wrong": np.bool_}
    parts = {
        f"{part}_{key}": array.astype(small[key])
        for part in ("train", "val")
        for key, array in drawn[part].items()
    }
    return {"sentences.npz": packed(parts)}


def main() -> int:
    """Write sentences.npz, or with --check compare all files; 1 where they differ."""
    parser = argparse.ArgumentParser(description="Write data/sentences/sentences.npz.")
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
