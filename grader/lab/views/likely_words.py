"""The likeliest next words of one or several distributions."""

from collections.abc import Mapping, Sequence

import torch

from grader.core.errors import UsageError
from grader.lab.svg import BLUE, Drawing, drawing, text

_SURE = f'fill="{BLUE}" fill-opacity="0.25" stroke="{BLUE}" stroke-width="1.5"'


def show_likely(
    probabilities: Mapping[str, torch.Tensor], words: Sequence[str], count: int = 5
) -> Drawing:
    """Draw the likeliest words of one or several distributions, side by side.

    Args:
        probabilities: mapping from names to float tensors (V,), a probability for each word.
        words: sequence of V str; `words[id]` is a word.
        count: int from 1 to V, how many words of each. Default 5.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: a tensor has another shape than (V,).

    Example:
        >>> import torch
        >>> lab.show_likely({"after 'the'": torch.tensor([0.1, 0.9])}, ["cat", "dog"], count=1)
        The 1 likeliest next words. after 'the': dog 90%.
    """
    width = 740 / max(len(probabilities), 1)
    longest = max((float(found.max()) for found in probabilities.values()), default=1.0)
    parts, told = [], []
    for panel, (name, found) in enumerate(probabilities.items()):
        if found.shape != (len(words),):
            message = (
                f"{name!r} has shape {tuple(found.shape)}. One probability for each of the "
                f"{len(words)} words was expected, {(len(words),)}."
            )
            raise UsageError(message)
        shares, ids = found.detach().cpu().topk(count)
        left = 20 + width * panel
        parts.append(text(left, 18, name, weight="bold"))
        for place, (share, word) in enumerate(zip(shares.tolist(), ids.tolist(), strict=True)):
            y, bar = 32 + 24 * place, max(1.0, (width - 150) * share / longest)
            parts += [
                text(left + 78, y + 13, words[word], anchor="end"),
                f'<rect x="{left + 86:.1f}" y="{y}" width="{bar:.1f}" height="16" {_SURE}/>',
                text(left + 92 + bar, y + 13, f"{100 * share:.0f}%"),
            ]
        listed = ", ".join(f"{words[w]} {100 * s:.0f}%" for s, w in zip(shares, ids, strict=True))
        told.append(f"{name}: {listed}")
    alt = f"The {count} likeliest next words. {'; '.join(told)}."
    return drawing(770, 40 + 24 * count, alt, parts)
