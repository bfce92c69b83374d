"""What torch's recurrent layers give is heard, and given again in the place of other answers."""

from typing import Any

import torch
from torch import nn

from grader.wire import layers

torch.manual_seed(0)
GRU, LSTM, RNN = (kind(3, 4, batch_first=True) for kind in (nn.GRU, nn.LSTM, nn.RNN))
ONE, OTHER = torch.randn(2, 5, 3), torch.randn(2, 5, 3)


@torch.no_grad()
def heard(layer: Any, x: torch.Tensor) -> layers.RecordedLayers:
    with layers.hearing() as found:
        layer(x)
    return found


def test_the_kinds_are_those_that_ran() -> None:
    assert heard(GRU, ONE).kinds == {"GRU"}
    assert heard(nn.RNN(3, 4, nonlinearity="relu"), ONE).kinds == {"RNN"}
    assert heard(nn.Sequential(nn.Linear(3, 3), LSTM), ONE).kinds == {"LSTM"}
    assert heard(nn.Linear(3, 4), ONE).kinds == set()


@torch.no_grad()
def test_a_layer_gives_what_it_gave_for_the_others() -> None:
    before = heard(GRU, OTHER)
    with layers.hearing("GRU", before) as now:
        output, state = GRU(ONE)
    assert torch.equal(output, GRU(OTHER)[0])
    assert torch.equal(state, GRU(OTHER)[1])
    # what it computed is still what is heard
    assert torch.equal(now.outputs["gru"][0][0], GRU(ONE)[0])


@torch.no_grad()
def test_only_layers_of_the_kind_are_exchanged() -> None:
    before = heard(nn.Sequential(RNN), OTHER)
    before.outputs |= heard(LSTM, OTHER).outputs | {"rnn_tanh": before.outputs["rnn_tanh"]}
    with layers.hearing("RNN", before):
        assert torch.equal(LSTM(ONE)[0], LSTM(ONE)[0])
        exchanged = RNN(ONE)[0], LSTM(ONE)[0]
    assert torch.equal(exchanged[0], RNN(OTHER)[0])
    assert torch.equal(exchanged[1], LSTM(ONE)[0])


@torch.no_grad()
def test_calls_are_exchanged_in_their_order() -> None:
    with layers.hearing() as before:
        first, second = GRU(OTHER)[0], GRU(ONE)[0]
    with layers.hearing("GRU", before):
        given = [GRU(torch.zeros(2, 5, 3))[0] for _ in range(3)]
    assert [torch.equal(*pair) for pair in zip(given, (first, second, first), strict=True)] == (
        [True] * 3
    )


@torch.no_grad()
def test_rows_fill_another_shape_and_another_width_stays_as_computed() -> None:
    before = heard(GRU, OTHER)
    with layers.hearing("GRU", before):
        longer = GRU(torch.zeros(3, 7, 3))[0]
        wider = nn.GRU(3, 6, batch_first=True)(ONE)[0]
    rows = GRU(OTHER)[0].reshape(-1, 4)
    assert longer.shape == (3, 7, 4)
    assert torch.equal(longer.reshape(-1, 4), rows[torch.arange(21) % 10])
    assert wider.shape == (2, 5, 6)


@torch.no_grad()
def test_a_model_that_writes_into_what_it_is_given_changes_no_record() -> None:
    with layers.hearing() as before:
        GRU(OTHER)[0].zero_()
    with layers.hearing("GRU", before):
        GRU(ONE)[0].zero_()
        again = GRU(ONE)[0]
    assert torch.equal(again, GRU(OTHER)[0])
