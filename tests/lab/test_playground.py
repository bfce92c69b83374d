"""The stories of the cells to play with are true of PyTorch's layers, with or without a kernel."""

from typing import Any
from xml.etree import ElementTree as ET  # our own drawings, nothing from elsewhere

import pytest
import torch

from grader import lab
from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.page.panels import Panel, source_of
from grader.lab.playground import cell_panel
from grader.lab.playground.cell_run import LayerNumbers, layer_of, run
from grader.lab.playground.presets import PRESETS, Preset
from grader.lab.views.layer_parts import BLOCKS

ALL = [pytest.param(p, id=f"{p.kind}-{p.name}") for kind in PRESETS for p in PRESETS[kind]]


def named(kind: str, name: str) -> tuple[Preset, LayerNumbers]:
    preset = next(preset for preset in PRESETS[kind] if preset.name == name)
    return preset, run(preset)


@pytest.mark.parametrize("preset", ALL)
def test_every_number_is_the_layers_own(preset: Preset) -> None:
    """States are those of the whole sequence at once; gates and candidates make them up."""
    found = run(preset)
    output = layer_of(preset)(torch.tensor(preset.x, dtype=torch.float64))[0].detach()
    torch.testing.assert_close(found.rows["h"], output)
    before = torch.cat([torch.zeros_like(output[:1]), output[:-1]])
    rows = found.rows
    if preset.kind == "gru":
        made = (1 - rows["z"]) * rows["n"] + rows["z"] * before
        torch.testing.assert_close(made, output)
    if preset.kind == "lstm":
        earlier = torch.cat([torch.zeros_like(output[:1]), rows["c"][:-1]])
        torch.testing.assert_close(rows["f"] * earlier + rows["i"] * rows["g"], rows["c"])
        torch.testing.assert_close(rows["o"] * rows["c"].tanh(), output)


@pytest.mark.parametrize("preset", ALL)
def test_the_gradient_is_how_far_the_last_state_moves(preset: Preset) -> None:
    layer, x = layer_of(preset), torch.tensor(preset.x, dtype=torch.float64)
    gradient = run(preset).gradient
    tiny = 1e-6
    for step in (0, len(x) - 1):
        moves = []
        for channel in range(preset.channels):
            nudge = torch.zeros_like(x)
            nudge[step, channel] = tiny
            there, back = (layer(x + way * nudge)[0][-1].detach() for way in (1, -1))
            moves.append((there - back) / (2 * tiny))
        assert float(gradient[step]) == pytest.approx(
            float(torch.stack(moves).norm()), rel=1e-3, abs=1e-8
        )


@pytest.mark.parametrize("kind", PRESETS)
def test_forgets_and_keeps(kind: str) -> None:
    """What is left of the first step's state after twelve; and of its gradient."""
    row = "c" if kind == "lstm" else "h"
    _, fades = named(kind, "Forgets")
    assert float(fades.rows[row][-1, 0] / fades.rows[row][0, 0]) < 0.001
    assert bool((fades.rows[row][1:] <= 0.51 * fades.rows[row][:-1]).all())
    assert float(fades.gradient[0] / fades.gradient[-1]) < 0.001
    _, stays = named(kind, "Keeps")
    assert float(stays.rows[row][-1, 0] / stays.rows[row][0, 0]) > 0.85
    assert float(stays.gradient[0] / stays.gradient.max()) > 0.6


@pytest.mark.parametrize("kind", PRESETS)
def test_explodes(kind: str) -> None:
    """Each step makes more of a tiny state, and of the gradient on its way back."""
    preset, grows = named(kind, "Explodes")
    states = grows.rows["h"][:, 0]
    assert preset.x[0] == (0.002,)
    assert bool((states[1:] > 1.2 * states[:-1]).all())
    assert bool((grows.gradient[:-1] > grows.gradient[1:]).all())
    assert float(grows.gradient[0]) > 50


def test_a_plain_latch_holds_and_hides_it_from_training() -> None:
    preset, found = named("rnn", "Latches")
    signs = found.rows["h"][:, 0].sign().tolist()
    assert signs == [0.0, *[1.0] * 4, *[-1.0] * 4, *[1.0] * 3]
    assert [x for (x,) in preset.x if x] == [1.0, -1.0, 1.0]
    assert float(found.gradient[:9].max() / found.gradient[-1]) < 0.05


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_a_signal_latches_its_step(kind: str) -> None:
    """The state keeps the sign of what was read when the second input said so."""
    preset, found = named(kind, "Latches")
    states = found.rows["h"][:, 0]
    written = [step for step, (_, signal) in enumerate(preset.x) if signal]
    assert written == [1, 7]
    assert states[1:7].min() > 0.9 * states[1] > 0
    assert states[7:].max() < 0.9 * states[7] < 0
    gate = found.rows["z" if kind == "gru" else "f"][:, 0]
    assert [float(value) < 0.01 for value in gate] == [bool(signal) for _, signal in preset.x]


def test_an_lstm_counts_past_one() -> None:
    preset, found = named("lstm", "Counts")
    pulses = torch.tensor([x for (x,) in preset.x], dtype=torch.float64).cumsum(0)
    torch.testing.assert_close(found.rows["c"][:, 0], pulses, atol=0.05, rtol=0)
    assert float(found.rows["h"].abs().max()) < 1


def test_two_numbers_go_round() -> None:
    """An eighth of a circle a step: after eight steps it is where it was."""
    _, found = named("rnn", "Goes round")
    angles = torch.atan2(found.rows["h"][:, 1], found.rows["h"][:, 0])
    turns = (angles[1:] - angles[:-1]) % (2 * torch.pi)
    torch.testing.assert_close(turns, torch.full_like(turns, torch.pi / 4), atol=0.02, rtol=0)


@pytest.mark.parametrize("preset", ALL)
def test_weights_have_pytorchs_shapes(preset: Preset) -> None:
    rows = len(BLOCKS[preset.kind]) * preset.hidden
    weights = preset.weights()
    assert {name: len(values) for name, values in weights.items()} == dict.fromkeys(weights, rows)
    assert torch.tensor(weights["w_ih"]).shape == (rows, preset.channels)
    assert torch.tensor(weights["w_hh"]).shape == (rows, preset.hidden)


def test_an_unknown_layer_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'transformer'.*'rnn', 'gru', 'lstm'"):
        lab.play("transformer")


@pytest.mark.parametrize("kind", PRESETS)
def test_the_panel_begins_and_leaves_its_stories(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a page: a panel and, for the saved notebook, each story with a picture."""
    shown: list[tuple[Panel, dict[str, str]]] = []
    monkeypatch.setattr(frontend, "can_show", lambda: True)
    monkeypatch.setattr(frontend, "has_panels", lambda: True)
    monkeypatch.setattr(Panel, "show", lambda panel, still: shown.append((panel, still)))
    lab.play(kind)
    [(panel, still)] = shown
    asked: dict[str, Any] = panel.asked
    assert asked["kind"] == kind
    assert [preset["name"] for preset in asked["presets"]] == [p.name for p in PRESETS[kind]]
    assert panel.state == {"preset": 0}
    assert still["text/html"].count("<svg") == len(PRESETS[kind])
    panel.close()
    for preset in PRESETS[kind]:
        stage = cell_panel.still_of(preset)
        ET.fromstring(stage.picture.svg)  # noqa: S314
        assert "Gradient by step" in stage.picture.alt
        assert stage.shape in still["text/plain"]


def test_a_panels_source_has_what_its_script_needs() -> None:
    script, style = source_of("play.js")
    assert script.index("function runCell") < script.index("function render")
    assert ".course-number" in style
    assert "runCell" not in source_of("quiz.js")[0]
