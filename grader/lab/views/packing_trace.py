"""The trace of unit packing: rows become a box, a staircase, and states that stop in time."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from grader.core.errors import UsageError
from grader.lab.views.trace import Stage, number_grid, show_trace, word_grid

ROWS_AT_MOST, STEPS_AT_MOST = 8, 12


def show_packing_trace(layer: nn.RNNBase, x: torch.Tensor, lengths: torch.Tensor) -> None:
    """Step through what a recurrent layer does with a packed batch.

    Buttons in JupyterLab as `grader lab` starts it, else all stages one below the other.

    Args:
        layer: nn.RNN, nn.GRU or nn.LSTM with `batch_first=True`.
        x: float tensor (B, T, C), padded at the end; B at most 8.
        lengths: int64 tensor (B,), each at most 12.

    Raises:
        UsageError: shapes do not fit, the layer is not batch first, or the batch is too large.

    Example:
        >>> import torch
        >>> layer = torch.nn.RNN(1, 2, batch_first=True)
        >>> lab.show_packing_trace(layer, torch.ones(2, 3, 1), torch.tensor([3, 1]))
        Packing, step by step
        1 Rows 2 of them: Rows of different lengths, in the order in which they came.
        ...
    """
    if x.dim() != 3 or lengths.shape != x.shape[:1] or not layer.batch_first:
        message = (
            f"You gave x {tuple(x.shape)}, lengths {tuple(lengths.shape)} and a layer with "
            f"batch_first={layer.batch_first}. x (B, T, C), lengths (B,) and batch_first=True were "
            "expected."
        )
        raise UsageError(message)
    if len(x) > ROWS_AT_MOST or int(lengths.max()) > STEPS_AT_MOST:
        message = (
            f"{len(x)} rows of up to {int(lengths.max())} steps are too many to read; give at most "
            f"{ROWS_AT_MOST} rows of {STEPS_AT_MOST} steps."
        )
        raise UsageError(message)
    show_trace("Packing, step by step", stages(layer, x, lengths))


def stages(layer: nn.RNNBase, x: torch.Tensor, lengths: torch.Tensor) -> list[Stage]:
    """Rows, box, sorted rows, packed data, and the state after each step."""
    rows, steps = len(x), int(lengths.max())
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    order = torch.argsort(lengths, descending=True, stable=True).tolist()
    sizes = packed.batch_sizes.tolist()
    letters = [chr(ord("A") + row) for row in range(rows)]
    names = [f"row {letters[row]} ({int(lengths[row])})" for row in range(rows)]
    cells = [
        [f"{letters[row]}{n + 1}" if n < lengths[row] else "0" for n in range(steps)]
        for row in range(rows)
    ]
    tips = [
        [f"x[{row}, {n}] = {[round(v, 2) for v in x[row, n].tolist()]}" for n in range(steps)]
        for row in range(rows)
    ]
    ragged = [[cell for cell in row if cell != "0"] for row in cells]
    box = f"({rows}, {steps}, {x.shape[2]})"
    data = [
        [f"{letters[row]}{step + 1}" for row in order[:size]] for step, size in enumerate(sizes)
    ]
    taken = [[tips[row][step] for row in order[:size]] for step, size in enumerate(sizes)]
    found = [
        Stage(
            "Rows",
            f"{rows} of them",
            "Rows of different lengths, in the order in which they came.",
            word_grid(ragged, names, tips, "; ".join(" ".join(row) for row in ragged)),
        ),
        Stage(
            "Padded",
            box,
            "Filled up with zeros behind each end: a box.",
            word_grid(cells, names, tips, f"{rows} rows of {steps} steps, zeros behind each end."),
        ),
        Stage(
            "Sorted",
            box,
            f"Longest first: sorted_indices is {order}.",
            word_grid(
                [cells[row] for row in order],
                [names[row] for row in order],
                [tips[row] for row in order],
                f"The rows in the order {order}.",
            ),
        ),
        Stage(
            "Packed",
            f"data {tuple(packed.data.shape)}, batch_sizes ({len(sizes)},)",
            f"Step after step, only what is there. batch_sizes is {sizes}.",
            word_grid(
                data,
                [f"step {step + 1} ({size})" for step, size in enumerate(sizes)],
                taken,
                f"data, step after step: {'; '.join(' '.join(row) for row in data)}.",
            ),
        ),
    ]
    return found + [_after(layer, x, lengths, step, names) for step in range(1, steps + 1)]


def _after(
    layer: nn.RNNBase, x: torch.Tensor, lengths: torch.Tensor, step: int, names: list[str]
) -> Stage:
    """The state after `step` steps: that of the rows cut off there."""
    cut = lengths.clamp(max=step)
    with torch.no_grad():
        packed = pack_padded_sequence(x, cut, batch_first=True, enforce_sorted=False)
        last = layer(packed)[1]
    state = (last[0] if isinstance(last, tuple) else last)[-1]
    running = int((lengths >= step).sum())
    notes = ["read" if length >= step else "kept" for length in lengths.tolist()]
    words = f"{running} of {len(lengths)} rows {'is' if running == 1 else 'are'} still running."
    if running < len(lengths):
        words += " The others keep the state of their own end."
    alt = f"The state after step {step}. {words}"
    return Stage(
        f"Step {step}",
        f"state {tuple(state.shape)}",
        words,
        number_grid(state, names, alt, notes=notes),
    )
