"""The gates drawn are those of `nn.GRU`; pictures are well-formed and say what they show."""

from xml.etree import ElementTree as ET

import pytest
import torch
from torch import Tensor, nn

from grader import lab
from grader.core.errors import UsageError
from grader.lab.svg import Drawing
from grader.lab.views.backward_steps import gradient_by_state
from grader.lab.views.gate_values import gates_of


class Gated(nn.Module):
    """A GRU read at its last state; `drop` sits on the input, as repairs have it."""

    def __init__(
        self, layers: int = 1, *, both_ways: bool = False, batch_first: bool = True
    ) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.5)
        self.layer = nn.GRU(
            3, 5, num_layers=layers, bidirectional=both_ways, batch_first=batch_first
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(x)
        output, _ = self.layer(x if self.layer.batch_first else x.transpose(0, 1))
        last: Tensor = output[:, -1] if self.layer.batch_first else output[-1]
        return last


class Plain(nn.Module):
    """An RNN read at its last state."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.RNN(3, 5, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        last: Tensor = self.layer(x)[0][:, -1]
        return last


def clip(steps: int = 12) -> Tensor:
    return torch.randn(steps, 3, generator=torch.Generator().manual_seed(0))


def words(drawing: Drawing) -> str:
    root = ET.fromstring(drawing.svg)  # noqa: S314  our own text
    assert root.attrib["role"] == "img"
    assert root[0].text == drawing.alt == repr(drawing)
    return " ".join(root.itertext())


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_states_walked_are_those_of_the_layer(
    *, layer: int, both_ways: bool, batch_first: bool
) -> None:
    model = Gated(2, both_ways=both_ways, batch_first=batch_first).eval()
    gates = gates_of(model, clip(), layer)
    _, h_n = model.layer(clip())
    assert torch.allclose(gates.state[-1], h_n[layer * (2 if both_ways else 1)], atol=1e-5)
    for gate in (gates.update, gates.reset):
        assert gate.shape == (12, 5)
        assert 0 < gate.min() < gate.max() < 1


def test_a_model_in_training_mode_is_read_without_dropout_and_left_as_it_was() -> None:
    model = Gated().train()
    assert torch.equal(gates_of(model, clip()).update, gates_of(model, clip()).update)
    assert model.training
    assert not model.layer._forward_pre_hooks


def test_what_is_held_is_measured_with_and_without_the_candidate() -> None:
    model = Gated()
    with torch.no_grad():
        for weights in list(model.layer.parameters()):
            weights.zero_()
    gates = gates_of(model, clip())
    assert gates.held_by_gates == pytest.approx(0.5**12)
    assert gates.held == pytest.approx(0.5**12, rel=1e-4)  # no candidate, only gates of one half
    with torch.no_grad():
        model.layer.get_parameter("weight_hh_l0")[10:] = 2 * torch.eye(5)  # r = 1/2, so n = tanh(h)
    assert gates_of(model, clip()).held == pytest.approx(1.0, rel=1e-4)


def test_gates_are_drawn_unit_by_unit_with_their_numbers() -> None:
    drawing = lab.show_gates(Gated(), clip())
    assert "The update gate z of 5 units" in words(drawing)
    assert "data:image/png;base64," in drawing.svg
    assert drawing.svg.count("<circle") == 2 * 5
    wide = nn.Sequential(nn.GRU(3, 80, batch_first=True))
    assert "32 of 80 units" in words(lab.show_gates(wide, clip()))


def test_what_has_no_gates_is_told_so() -> None:
    with pytest.raises(UsageError, match="recurrent layers in it: LSTM"):
        lab.show_gates(nn.LSTM(3, 4), clip())
    with pytest.raises(UsageError, match=r"\(1, 12, 3\)"):
        lab.show_gates(Gated(), clip()[None])
    with pytest.raises(UsageError, match="layer=1"):
        lab.show_gates(Gated(), clip(), layer=1)
    idle = Gated()
    idle.forward = lambda x: x[:, -1]  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="does not call it"):
        lab.show_gates(idle, clip())


def test_the_shutter_picture_gives_both_means_or_keeps_them_back() -> None:
    x = clip()
    is_open = x[:, 0] > 0
    drawing = lab.show_shutter({"One & only": x, "again": x})
    said = words(drawing)
    assert f"open {x[is_open, 1:].mean():+.2f}" in said
    assert f"shut {x[~is_open, 1:].mean():+.2f}" in said
    assert drawing.svg.count("<circle") == 2 * 12
    assert drawing.svg.count("<rect") == 2 * int(is_open.sum())
    assert "mean while" not in words(lab.show_shutter({"A": x}, means=False))
    with pytest.raises(UsageError, match="One sequence"):
        lab.show_shutter({"A": x[None]})


def switched(*pulses: tuple[int, float], steps: int = 12) -> Tensor:
    """A sequence of three wires; the first is quiet but for pulses, given as (step, height)."""
    x = clip(steps)
    x[:, 0] *= 0.05
    for step, height in pulses:
        x[step - 1, 0] = height
    return x


def test_wires_say_their_pulses_and_the_lamp_keeps_its_state_between_them() -> None:
    x = switched((2, 3.0), (7, -3.0), (9, 3.0))
    told = "a pulse up at step 2, down at step 7, up at step 9"
    drawing = lab.show_wires({"One & only": x, "again": x})
    assert words(drawing).count("One & only") == 2  # its heading and the picture's own words
    assert told in drawing.alt
    assert "lamp" not in drawing.alt  # nothing gives the answer away
    assert drawing.svg.count("<polyline") == 2 * 3
    lit = lab.show_wires({"A": x}, lamp=True)
    assert "at the end the lamp is on" in words(lit)
    # on from step 2 to 6 and from 9 to 12, each a filled step; the rim is one more
    assert lit.svg.count("<rect") == 5 + 4 + 1
    assert "the lamp is off" in lab.show_wires({"A": switched((3, -3.0))}, lamp=True).alt
    with pytest.raises(UsageError, match="One sequence"):
        lab.show_wires({"A": x[None]})


def test_a_gradient_is_walked_back_state_by_state() -> None:
    """The sizes of one sequence, by hand: each step multiplies by W_hh and the slope of tanh."""
    model = Plain()
    x = clip(6)[None]
    found = gradient_by_state(model, lab.Split(x, torch.tensor([0])))
    states = model.layer(x)[0][0].detach()
    back = torch.randn(1, 1, 5, generator=torch.Generator().manual_seed(0))[0, 0]
    back = back / back.norm()
    expected = [1.0]
    for state in states[1:].flip(0):
        back = ((1 - state**2) * back) @ model.layer.get_parameter("weight_hh_l0").detach()
        expected.append(float(back.norm()))
    assert found.tolist() == pytest.approx(expected[::-1], rel=1e-4)


def test_the_way_back_is_drawn_for_one_model_or_two() -> None:
    split = lab.Split(clip(20)[None], torch.tensor([0]))
    for model in (Gated(), Gated(2), Gated(batch_first=False), Gated(both_ways=True)):
        assert "back. it: " in words(lab.show_backpropagation({"it": model}, split))
    drawing = lab.show_backpropagation({"one": Gated(), "two": Gated()}, split)
    assert "is left at the state after step 1" in words(drawing)
    assert "h20" in drawing.svg
    with pytest.raises(UsageError, match="3 models"):
        lab.show_backpropagation(dict.fromkeys("abc", Gated()), split)
    with pytest.raises(UsageError, match="no recurrent layer"):
        lab.show_backpropagation({"linear": nn.Linear(3, 2)}, split)
    idle = Gated()
    idle.forward = lambda x: x[:, -1]  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="reads nothing"):
        lab.show_backpropagation({"idle": idle}, split)


def test_lines_over_steps_keep_their_names_and_their_order() -> None:
    fading = torch.logspace(-9, 0, 40)
    drawing = lab.show_by_step({"fades": fading, "stays": torch.ones(40)}, label="size", log=True)
    assert "fades from 1e-09 to 1; stays from 1 to 1" in words(drawing)
    assert "1e-2" in words(drawing)
    counted = lab.show_by_step({"it": torch.ones(9)}, label="share", axis="gap", first=0)
    assert "share, over 9 gaps. First to last gap: it" in words(counted)
    assert ">8</text>" in counted.svg
    sixes = lab.show_by_step({"it": torch.ones(7)}, label="share", first=0, stride=6)
    assert all(f">{number}</text>" in sixes.svg for number in range(0, 37, 6))
    several = lab.show_by_step({"sums": torch.randn(3, 40).cumsum(1)}, label="sum")
    assert several.svg.count("<polyline") == 3
    words(lab.show_by_step({"zero": torch.zeros(5)}, label="nothing", log=True))
    words(lab.show_by_step({"zero": torch.zeros(5)}, label="nothing"))
    with pytest.raises(UsageError, match="5 series"):
        lab.show_by_step({str(n): fading for n in range(5)}, label="too many")


def test_the_cell_is_told_in_words() -> None:
    said = words(lab.show_gru_cell())
    assert all(name in said for name in ("r  reset", "n  candidate", "z  update", "1 - z"))
