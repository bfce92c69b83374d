"""`lab.play`: a layer of one or two numbers, computed in the page, with stories to begin with."""

from typing import Any

import torch

from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.playground.cell_run import ROWS, LayerNumbers, run
from grader.lab.playground.presets import PRESETS, Preset
from grader.lab.views.trace import Stage, number_grid, plain, stacked


def play(kind: str) -> None:
    """Play with a layer of one or two hidden numbers: its weights, its readings, its steps.

    A panel in JupyterLab as `grader lab` starts it, which computes in the page by PyTorch's
    formulas; else its stories, one below the other, each with a picture of what `nn.RNN`, `nn.GRU`
    or `nn.LSTM` computes. The gradient by step is the norm of the last state's Jacobian by the
    reading of each step.

    Args:
        kind: str, "rnn" (tanh), "gru" or "lstm".

    Raises:
        UsageError: there is no such layer.

    Example:
        >>> lab.play("gru")
        Play with a GRU
        1 Forgets nn.GRU(1, 1): Gates without weights stand at one half: ...
    """
    if kind not in PRESETS:
        message = f"You asked for {kind!r}. There are: {', '.join(map(repr, PRESETS))}."
        raise UsageError(message)
    if frontend.is_graded():
        return
    title = f"Play with {'a' if kind == 'gru' else 'an'} {kind.upper()}"
    stages = [still_of(preset) for preset in PRESETS[kind]]
    if not frontend.can_show():
        print(plain(title, stages))
        return
    still = {"text/html": stacked(title, stages), "text/plain": plain(title, stages)}
    if not frontend.has_panels():
        frontend.show(still, raw=True)
        return
    from grader.lab.page.panels import Panel

    panel: Any = Panel("play.js", asked_of(kind, title), {"preset": 0})
    panel.show(still)


def asked_of(kind: str, title: str) -> dict[str, Any]:
    """What the page's script needs to begin."""
    presets = [
        {"name": p.name, "story": p.story, "weights": p.weights(), "x": [list(x) for x in p.x]}
        for p in PRESETS[kind]
    ]
    return {"kind": kind, "title": title, "presets": presets}


def still_of(preset: Preset) -> Stage:
    """A preset's numbers at every step, for a page without a kernel, and its gradient in words."""
    found = run(preset)
    names, values = _rows(preset, found)
    gradient = ", ".join(f"{value:.2g}" for value in found.gradient.tolist())
    layer = f"nn.{preset.kind.upper()}({preset.channels}, {preset.hidden})"
    alt = f"{layer}, {len(preset.x)} steps: {', '.join(names)}. Gradient by step: {gradient}."
    words = f"{preset.story} Gradient by step: {gradient}."
    return Stage(preset.name, layer, words, number_grid(values, names, alt))


def _rows(preset: Preset, found: LayerNumbers) -> tuple[list[str], torch.Tensor]:
    rows = {"x": torch.tensor(preset.x, dtype=torch.float64)}
    rows |= {name: found.rows[name] for name in ROWS[preset.kind]}
    names, columns = [], []
    for name, values in rows.items():
        for k, column in enumerate(values.T):
            names.append(f"{name}[{k}]" if values.shape[1] > 1 else name)
            columns.append(column)
    return names, torch.stack(columns)
