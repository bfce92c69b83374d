# %%
"""Objects: a mask class, a callable collator, partials; a DataLoader with workers tries them."""

UNIT = "04_packing"
QUESTIONS = ["packing-gather", "packing-mask-mean", "packing-batch-sizes", "packing-both-ways", "packing-collate"]

# %%
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple


@dataclass(frozen=True)
class Valid:
    lengths: torch.Tensor

    def mask(self, steps):
        return torch.lt(torch.arange(steps, device=self.lengths.device), self.lengths.reshape(-1, 1))

    def ends(self, steps):
        return self.mask(steps) & ~self.mask(steps + 1)[:, 1:]

# %% answer="packing-gather"
def last_valid(output, lengths):
    return output[Valid(lengths).ends(output.shape[1])]

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    hidden = output.masked_fill(~Valid(lengths).mask(output.shape[1])[:, :, None], torch.nan)
    return hidden.nanmean(dim=1)

# %% answer="packing-batch-sizes"
batch_sizes = lambda lengths: Valid(lengths).mask(lengths.amax()).sum(0)

# %% answer="packing-both-ways"
pack = partial(pack_padded_sequence, batch_first=True, enforce_sorted=False)


def both_ways(x, lengths, weights):
    output, _ = pad_packed_sequence(reader(weights)(pack(x, lengths))[0], batch_first=True)
    forward, backward = output.chunk(2, dim=-1)
    return torch.cat([last_valid(forward, lengths), backward[:, 0]], dim=-1)

# %% answer="packing-collate"
class Batch(NamedTuple):
    x: torch.Tensor
    lengths: torch.Tensor
    y: torch.Tensor


class Collate:
    def __init__(self, value=0.0):
        self.value = value

    def __call__(self, batch):
        calls, labels = zip(*batch)
        x = pad_sequence(calls, batch_first=True, padding_value=self.value)
        return Batch(x, torch.tensor([c.size(0) for c in calls]), torch.tensor(labels))


collate = Collate()

# %%
calls = [(torch.randn(n, 3), n % 2) for n in (4, 2, 7, 3)]
for batch in DataLoader(calls, batch_size=2, collate_fn=collate, num_workers=2):
    print([part.shape for part in batch])
