"""Files such as learners bring: written from the course's own data, for the closing notebook.

`lab.write_example` writes small files below the notebook's folder and never over another's. The
licence of what it writes goes beside it.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from grader.core.errors import SetupError, UsageError
from grader.lab.data import data_folder, recipe

FOLDER = "examples"
_VOICES, _LAMPS, _SENTENCES = 40, 400, 6000
_LICENCES = ("NOTICE", "LICENSE-WORDNET.txt")
_SEED = 6


def write_example(name: str) -> Path:
    """Write an example of one's own files below `examples/` beside the notebook.

    They are made from the course's data: "voices", a folder of .csv files, one a recording, in a
    folder for each of nine speakers; "latch", .npy files with a labels.csv; "sentences", one .txt.
    A file that is there with other content stays as it is.

    Args:
        name: str, "voices", "latch" or "sentences".

    Returns:
        Path: the folder that was written.

    Raises:
        UsageError: there is no such example.
        SetupError: the data of the course are not found, or nothing can be written here.

    Example:
        >>> folder = lab.write_example("voices")
        >>> folder.as_posix(), len(list(folder.glob("speaker 1/*.csv")))
        ('examples/voices', 40)
    """
    makers = {"voices": _voices, "latch": _lamps, "sentences": _sentences}
    if name not in makers:
        message = f"There is no example {name!r}. Expected: {', '.join(map(repr, makers))}."
        raise UsageError(message)
    folder = Path(FOLDER) / name
    source = data_folder(name)
    licences = (
        (each, (source / each).read_bytes()) for each in _LICENCES if (source / each).is_file()
    )
    try:
        for place, content in (*makers[name](), *licences):
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(content)
    except OSError as error:
        message = (
            f"{folder} cannot be written: {error.strerror}. Open the course as `make lab` does, on "
            "a copy of your own, or make room on the disk."
        )
        raise SetupError(message) from error
    return folder


def _voices() -> Iterator[tuple[str, bytes]]:
    """Recordings as they were made: no noise of a line, no wrong name, no padding."""
    module = recipe("voices")
    pool = module.read(data_folder("voices") / "pool.npz")
    ends = pool["lengths"].cumsum()
    for label, speaker in enumerate(module.CLASSES):
        for number, row in enumerate(np.flatnonzero(pool["y"] == label)[:_VOICES], 1):
            frames = pool["frames"][ends[row] - pool["lengths"][row] : ends[row]] / module.SCALE
            lines = "\n".join(",".join(f"{value:.3f}" for value in frame) for frame in frames)
            yield f"{speaker}/{number:02}.csv", f"{lines}\n".encode()


def _lamps() -> Iterator[tuple[str, bytes]]:
    """Fresh sequences with right labels, each cut at its beginning to a length of its own."""
    module, dice = recipe("latch"), np.random.default_rng(_SEED)
    truth = dice.permutation(np.arange(_LAMPS) % len(module.CLASSES))
    x = module.draw_sequences(dice, truth, dice.integers(20, size=_LAMPS))
    steps = dice.integers(20, module.STEPS + 1, size=_LAMPS)
    listed = io.StringIO()
    table = csv.writer(listed, lineterminator="\n")
    table.writerow(["file", "class"])
    for number, (rows, label, length) in enumerate(zip(x, truth, steps, strict=True), 1):
        content = io.BytesIO()
        np.lib.format.write_array(content, rows[-length:], version=(1, 0))
        yield f"{number:03}.npy", content.getvalue()
        table.writerow([f"{number:03}.npy", module.CLASSES[label]])
    yield "labels.csv", listed.getvalue().encode()


def _sentences() -> Iterator[tuple[str, bytes]]:
    lines = recipe("sentences").sentences()[:_SENTENCES]
    yield "sentences.txt", ("\n".join(lines) + "\n").encode()
