"""Views of one's own model: what they draw is what torch gives, for layers packed or not."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from grader.core.errors import UsageError
from grader.lab.svg import Drawing
from grader.lab.views import confusion_matrix, states
from grader.wire.splits import Split


class Packed(nn.Module):
    """Reads packed rows in both directions; answers from the first word alone if `first`."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.GRU(3, 4, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        h_n = self.layer(packed)[1]
        scores: torch.Tensor = self.head(self.dropout(torch.cat([h_n[0], h_n[1]], dim=1)))
        return scores


class First(nn.Module):
    """A recurrent layer that is read after its first step."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.RNN(3, 4)
        self.head = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.layer(x.transpose(0, 1))[0][0])
        return scores


@pytest.fixture
def calls() -> Split:
    torch.manual_seed(1)
    lengths = torch.tensor([5, 2, 4, 3])
    x = torch.randn(4, 5, 3) * (torch.arange(5) < lengths[:, None])[:, :, None]
    return Split(x, torch.tensor([0, 1, 0, 1]), lengths)


def well_formed(drawn: Drawing) -> str:
    assert ET.fromstring(drawn.svg).get("role") == "img"  # noqa: S314  our own text
    return drawn.alt


def test_the_states_are_the_layers_own(calls: Split) -> None:
    model = Packed()
    found, lengths = states.states_of(model, calls)
    assert lengths == [5, 2, 4, 3]
    with torch.no_grad():
        alone = model.layer(calls.x[1:2, :2])[0][0, :, :4]
    torch.testing.assert_close(found[1, :2], alone)
    assert model.training


def test_a_trajectory_keeps_what_pca_keeps(calls: Split) -> None:
    """In two dimensions nothing is lost: distances between states stay."""
    ways = torch.randn(2, 3, 2).double()
    flat, share = states._laid_flat(ways, [3, 3])
    torch.testing.assert_close(
        torch.cdist(flat.flatten(0, 1), flat.flatten(0, 1)),
        torch.cdist(ways.flatten(0, 1), ways.flatten(0, 1)),
    )
    assert float(share.sum()) == pytest.approx(1)
    drawn = states.show_trajectory(Packed(), calls, ["ring", "knock"], each=2)
    assert "ring ends around" in well_formed(drawn)
    assert drawn.svg.count("<polyline") == 4
    wrong = torch.tensor([True, False, False, False])
    passed_over = states.show_trajectory(Packed(), calls, ["ring", "knock"], wrong=wrong, each=2)
    assert passed_over.svg.count("<polyline") == 3


def test_the_gradient_is_zero_where_the_loss_cannot_look(calls: Split) -> None:
    by_step = states.gradient_by_step(First(), Split(calls.x, calls.y))
    assert by_step.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_the_gradient_through_packing_is_that_of_the_readings(calls: Split) -> None:
    model = Packed().eval()
    x = calls.x.clone().requires_grad_()
    loss = nn.functional.cross_entropy(model(x, calls.lengths), calls.y)
    norms = torch.autograd.grad(loss, x)[0].norm(dim=2).sum(dim=0)
    torch.testing.assert_close(states.gradient_by_step(model, calls), norms / norms.max())
    drawn = states.show_gradient_by_step({"mine": model}, calls)
    assert "mine from" in well_formed(drawn)


def test_confusion_counts_labels_against_answers(small: Callable[..., nn.Module]) -> None:
    torch.manual_seed(0)
    model, split = small(), Split(torch.randn(40, 8, 3), torch.arange(40) % 2)
    model.eval()
    with torch.no_grad():
        said = model(split.x).argmax(dim=1)
    expected = [[int(((split.y == y) & (said == c)).sum()) for c in (0, 1)] for y in (0, 1)]
    assert confusion_matrix.confusion(model, split, 2).tolist() == expected
    told = well_formed(confusion_matrix.show_confusion({"before": model}, split, ["off", "on"]))
    assert f"before: {expected[0][0] + expected[1][1]} of 40" in told
    assert f"off taken for on {expected[0][1]} times" in told


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda m, s: states.show_trajectory(m.head, s, "ab"), "no recurrent layer"),
        (lambda m, s: states.show_trajectory(m, s, "ab", each=0), "each=0"),
        (lambda m, s: confusion_matrix.show_confusion({"m": m}, s, ["only"]), "1 classes"),
        (lambda m, s: confusion_matrix.confusion(m, Split(s.x, s.y + 5), 2), "up to 6"),
    ],
)
def test_what_cannot_be_drawn_is_explained(
    draw: Callable[[nn.Module, Split], object], words: str, calls: Split
) -> None:
    with pytest.raises(UsageError, match=words):
        draw(First(), Split(calls.x, calls.y))
