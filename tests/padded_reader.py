"""A network that packs its sequences, or reads the padding behind them as well."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class PaddedReader(nn.Module):
    """Three channels, padded, to two scores; `packs` or reads to the last column."""

    def __init__(self, *, packs: bool) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.packs = packs
        self.layer = nn.GRU(3, 12, batch_first=True)
        self.head = nn.Linear(12, 2)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        read = pack_padded_sequence(x, lengths, True, enforce_sorted=False) if self.packs else x
        scores: torch.Tensor = self.head(self.layer(read)[1][-1])
        return scores
