"""Sequences of the learner's own: a folder of .csv and .npy files, read, checked, bounded.

`lab.read_sequences` is called by the closing notebook and by nobody who grades. It reads what lies
in the folder and writes nothing; what cannot be used is told with the file, the place in it and
what would mend it. Names and labels come from folders or labels.csv (`own_labels`), numbers from
`number_files`.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from grader.core.errors import UsageError
from grader.lab.number_files import read_numbers
from grader.lab.own_labels import labelled_files

if TYPE_CHECKING:
    import torch

Numbers = npt.NDArray[np.float32]

FILES_AT_MOST, STEPS_AT_MOST, NUMBERS_AT_MOST = 4000, 1000, 20_000_000
A_CLASS_AT_LEAST = 8
_NAMED = 12


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences of different lengths, each with its class, as `read_sequences` gives them.

    Attributes:
        x: tuple of N float32 tensors (T_i, C), one a file.
        y: int64 tensor (N,), the number of each one's class.
        classes: tuple of str; `classes[label]` names a class.
        files: tuple of N str, where each one was read from.
        notes: tuple of str, what was left out or cut, and why. Default ().

    Example:
        >>> import torch
        >>> x = tuple(torch.zeros(steps, 3) for steps in (4, 6, 5, 5))
        >>> files = ("u1.csv", "u2.csv", "d1.csv", "d2.csv")
        >>> mine = lab.Sequences(x, torch.tensor([0, 0, 1, 1]), ("up", "down"), files)
        >>> mine
        4 sequences of 4 to 6 steps, 3 numbers a step; up: 2, down: 2
        >>> train, val = mine.split(0.5)
        >>> len(train), train.y.tolist()
        (2, [0, 1])
    """

    x: "tuple[torch.Tensor, ...]"
    y: "torch.Tensor"
    classes: tuple[str, ...]
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many sequences there are."""
        return len(self.x)

    def __repr__(self) -> str:
        """Sizes, classes and notes instead of thousands of numbers."""
        steps = sorted({len(each) for each in self.x})
        span = f"{steps[0]}" if len(steps) == 1 else f"{steps[0]} to {steps[-1]}"
        counts = Counter(self.y.tolist())
        told = [f"{name}: {counts[label]}" for label, name in enumerate(self.classes[:_NAMED])]
        more = [f"and {len(self.classes) - _NAMED} more"] if len(self.classes) > _NAMED else []
        head = f"{len(self)} sequences of {span} steps, {self.x[0].shape[1]} numbers a step; "
        return "\n".join([head + ", ".join(told + more), *self.notes])

    def split(self, share: float = 0.25, seed: int = 0) -> "tuple[Sequences, Sequences]":
        """Keep a share of each class for validation; the same seed keeps the same files.

        Returns (training, validation); at least one of each class is in both.
        """
        import torch

        dice = torch.Generator().manual_seed(seed)
        kept = []
        for label in range(len(self.classes)):
            rows = torch.nonzero(self.y == label).flatten()
            count = min(max(round(share * len(rows)), 1), len(rows) - 1)
            kept += rows[torch.randperm(len(rows), generator=dice)[:count]].tolist()
        rest = sorted(set(range(len(self))) - set(kept))
        return self._rows(rest), self._rows(sorted(kept))

    def _rows(self, rows: list[int]) -> "Sequences":
        x, files = tuple(self.x[row] for row in rows), tuple(self.files[row] for row in rows)
        return Sequences(x, self.y[rows], self.classes, files)


def read_sequences(folder: str | Path) -> Sequences:
    """Read a folder of sequences: one file each, a row a step, a column a channel.

    A class is a folder in it (`folder/up/01.csv`), or a line of `labels.csv` (`01.csv,up`, below a
    first line `file,class`), which goes first where there is one. Files end in .csv (numbers with
    commas, semicolons, tabs or spaces between; a first line of names is passed over) or .npy
    ((T, C), or (T,) for one channel). Nothing is scaled, nothing is filled in. Of many or long ones
    a part is taken, and `notes` says so: at most 4000 files, the same share of each class; 1000
    steps of each; fewer where padded they would be more than 20 million numbers.

    Args:
        folder: str or Path, from the notebook's folder on.

    Returns:
        Sequences: N tensors (T_i, C), their classes in alphabetical order.

    Raises:
        UsageError: there is no such folder or nothing in it; a file has no class, or there is one
            class alone, or fewer than 8 sequences of one; a file is no numbers, holds nan, or has
            another width than the first. The message names the file, the place and what mends it.

    Example:
        >>> folder = lab.write_example("latch")
        >>> mine = lab.read_sequences(folder)
        >>> mine
        400 sequences of 20 to 40 steps, 10 numbers a step; off: 200, on: 200
        >>> mine.x[0].shape, mine.classes[int(mine.y[0])]
        (torch.Size([..., 10]), '...')
        >>> lab.read_sequences("nowhere")
        Traceback (most recent call last):
        grader.core.errors.UsageError: There is no folder 'nowhere' ...
    """
    try:
        return _read(Path(folder).expanduser())
    except UsageError as error:
        raise error.with_traceback(None) from None  # its words, and no lines of ours above them


def _read(folder: Path) -> Sequences:
    import torch

    found = labelled_files(folder)
    notes = list(found.notes)
    files = _some(found.files, notes)
    _check_classes(files, str(folder))
    arrays: list[Numbers] = []
    cut = 0
    for path, _ in files:
        array, is_cut = read_numbers(path, STEPS_AT_MOST)
        if arrays and array.shape[1] != arrays[0].shape[1]:
            message = (
                f"{path} has {array.shape[1]} numbers a step, {files[0][0]} has "
                f"{arrays[0].shape[1]}. All sequences were expected to have the same channels in "
                "the same order (their lengths may differ). Leave a column out, or move the files "
                "of the other kind into another folder."
            )
            raise UsageError(message)
        arrays.append(array)
        cut += is_cut
    if cut:
        notes.append(
            f"Taken are the first {STEPS_AT_MOST} steps; {cut} files are longer. A recurrent layer "
            "reads one step after the other: an epoch takes as much longer as the longest has more."
        )
    arrays = _boxed(arrays, notes)
    classes = tuple(sorted({name for _, name in files}))
    return Sequences(
        tuple(torch.from_numpy(np.ascontiguousarray(array)) for array in arrays),
        torch.tensor([classes.index(name) for _, name in files]),
        classes,
        tuple(str(path.relative_to(folder)) for path, _ in files),
        tuple(notes),
    )


def _some(files: list[tuple[Path, str]], notes: list[str]) -> list[tuple[Path, str]]:
    """At most FILES_AT_MOST, of each class the same share, in the order that they have."""
    if len(files) <= FILES_AT_MOST:
        return files
    places: Counter[str] = Counter()
    counts = Counter(name for _, name in files)
    taken = []
    for path, name in files:
        places[name] += 1
        share = counts[name] * FILES_AT_MOST // len(files)
        if places[name] <= max(share, A_CLASS_AT_LEAST):
            taken.append((path, name))
    notes.append(
        f"Taken are {len(taken)} of {len(files)} files, the same share of each class: an epoch "
        "takes as much longer as there are more."
    )
    return taken


def _check_classes(files: list[tuple[Path, str]], folder: str) -> None:
    counts = Counter(name for _, name in files)
    if len(counts) == 1:
        (only,) = counts
        message = (
            f"All {len(files)} sequences in {folder} are of one class, {only!r}. At least two were "
            "expected: with one there is nothing to tell apart. Put each class's files into a "
            "folder of its own, or name another class in labels.csv."
        )
        raise UsageError(message)
    few = [f"{name!r} has {count}" for name, count in counts.items() if count < A_CLASS_AT_LEAST]
    if few:
        message = (
            f"Too few sequences in {folder}: {', '.join(few[:_NAMED])}. At least "
            f"{A_CLASS_AT_LEAST} of each class were expected: some are kept to validate with, and "
            "from fewer nothing can be said. Add files, or cut long recordings into several."
        )
        raise UsageError(message)


def _boxed(arrays: list[Numbers], notes: list[str]) -> list[Numbers]:
    """Cut the longest, where one box around all would hold too many numbers."""
    width = arrays[0].shape[1]
    steps = NUMBERS_AT_MOST // (len(arrays) * width)
    if max(len(array) for array in arrays) <= steps:
        return arrays
    if steps == 0:
        message = (
            f"{len(arrays)} sequences of {width} numbers a step are too many: even one step of "
            f"each is more than {NUMBERS_AT_MOST:,} numbers. Leave columns out, or files."
        )
        raise UsageError(message)
    notes.append(
        f"Taken are the first {steps} steps: padded to the longest, {len(arrays)} sequences of "
        f"{width} numbers a step would be more than {NUMBERS_AT_MOST:,} numbers."
    )
    return [array[:steps] for array in arrays]
