"""What lessons claim about runs that train: a quotation, where its numbers are printed, a check.

Checked on the outputs of each solved notebook, which `test_notebooks` runs anyway. The bounds leave
room for other processors, whose last bits differ; what a sentence says must hold within them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

ACCURACIES = r" +train +([\d.]+)%  val ([\d.]+)%"
PERPLEXITIES = r" +perplexity: training +([\d.]+) +validation +([\d.]+)"


@dataclass(frozen=True)
class Claim:
    """`quote` stands in the lesson; each of `patterns` finds numbers, `holds` judges them all."""

    quote: str
    patterns: tuple[str, ...]
    holds: Callable[..., bool]

    def numbers(self, printed: str) -> list[float]:
        """The numbers of all patterns, in order. A pattern that finds nothing is a failure."""
        found = []
        for pattern in self.patterns:
            match = re.search(pattern, printed, re.MULTILINE)
            assert match, f"nothing printed fits {pattern!r}, asked for by {self.quote!r}"
            found += [float(group.replace(",", "")) for group in match.groups()]
        return found


_LISTENS = (
    r"^before\nas in training +([\d.]+)%.*\n.*\n.*\nno zeros at all +([\d.]+)%",
    r"^after\nas in training .* (\d+) calls.*\n.* (\d+) calls.*\n.* (\d+) calls.*\n.* (\d+) calls",
)
_ONLY_WRONG = tuple(
    rf"^{split} +agrees .* disagrees with (\d+), wrong labels among them (\d+)"
    for split in ("training", "validation")
)

_HONEST = (
    r"^honest loss ([\d.]+)",
    r"^baseline +training loss ([\d.]+)   validation loss ([\d.]+)",
)

CLAIMS: dict[str, list[Claim]] = {
    "00_start": [],
    "01_rnn": [
        Claim(
            "| **before** | about 100 | about 75 |",
            (f"^baseline{ACCURACIES}",),
            lambda train, val: train > 97 and 69 <= val <= 81,
        ),
        Claim(
            "Hardly anything: both stay about where they are",
            (f"^baseline{ACCURACIES}", f"^twice the epochs{ACCURACIES}"),
            lambda _a, before, train, val: train > 97 and abs(val - before) < 5,
        ),
        Claim(
            "Little: training stays high, validation far below it",
            (f"^dropout before the head{ACCURACIES}",),
            lambda train, val: train > 92 and val < 83,
        ),
        Claim(
            "Both accuracies are low: it stops before it has learnt anything",
            (f"^early stopping{ACCURACIES}",),
            lambda train, val: train < 75 and val < 57,
        ),
        Claim(
            "A training loss far below the honest one is a bet on mistakes",
            _HONEST,
            lambda honest, train, val: train < honest / 2 and val > honest,
        ),
        Claim(
            "the loss can no longer fall below 0.31",
            (
                r"^scores .* 50 epochs: .* ([\d.]+)$",
                r"^softmax .* 50 epochs: .* ([\d.]+)$",
            ),
            lambda scores, softmax: scores < 0.31 <= softmax,
        ),
        Claim(
            "**the order was all there was**",
            (
                r"^as they are +([\d.]+)%",
                r"^backwards +([\d.]+)%",
                r"^shuffled +([\d.]+)%   a coin",
            ),
            lambda plain, back, mixed: abs(plain - back) < 10 and 45 < mixed < 55 < plain,
        ),
        Claim(
            "The training accuracy says *all right*; validation says *a coin*.",
            (f"^on shuffled clips{ACCURACIES}",),
            lambda train, val: train > 97 and 44 < val < 56,
        ),
        Claim(
            "It disagrees with the wrong labels and with no others.",
            _ONLY_WRONG,
            lambda a, b, c, d: a == b and c == d,
        ),
        Claim(
            "It listens better, and it still learns mistakes by heart.",
            (r"^LSTM .* val ([\d.]+)%.* by heart +(\d+)/(\d+)", f"^baseline{ACCURACIES}"),
            lambda val, learnt, wrong, _train, before: val > before and learnt > 0.8 * wrong,
        ),
        Claim(
            "Measured in train mode the gap to validation looks smaller than it is.",
            (r"three times: +([\d.]+)%  ([\d.]+)%", r"in eval mode: +([\d.]+)%"),
            lambda one, other, measured: max(one, other) < measured,
        ),
        Claim(
            "Sorted by label, the network hears rumbles only, then hisses only",
            (r"^shuffled +after 20 .* val ([\d.]+)%", r"^sorted by label +after .* val ([\d.]+)%"),
            lambda mixed, in_order: mixed > in_order + 5,
        ),
    ],
    "02_gru": [
        Claim(
            "| **before** | about 100 | about 77 |",
            (f"^baseline{ACCURACIES}",),
            lambda train, val: train > 97 and 70 <= val <= 83,
        ),
        Claim(
            "on others a coin would do as well",
            (f"^plain RNN{ACCURACIES}",),
            lambda train, val: train > 90 and 43 < val < 57,
        ),
        Claim(
            "It holds the sum well enough; what it does not find is the product",
            (
                r"^plain RNN, shutter and readings: ([\d.]+)%",
                r"^plain RNN, their product given: +([\d.]+)%",
            ),
            lambda apart, given: apart < 65 and given > 80,
        ),
        Claim(
            "the plain RNN finds nothing, and the GRU finds the lamp all the same",
            tuple(
                rf"^nearest pulse {nearest} .*RNN +([\d.]+)%   GRU +([\d.]+)%"
                for nearest in (" 0", "12")
            ),
            lambda plain, gru, plain_far, gru_far: min(plain, gru, gru_far) > 90 and plain_far < 75,
        ),
        Claim(
            "each pass makes it smaller, and after forty of them nothing is left",
            (r"plain RNN, fresh: ([\d.e-]+) is left", r"; GRU, fresh: ([\d.e-]+) is left"),
            lambda plain, gru: plain < gru < 1e-4,
        ),
        Claim(
            "A fresh GRU has no long memory; it has a number that gives it one",
            (r"bias of z \+ 4: ([\d.e-]+) is left",),
            lambda left: left > 0.2,
        ),
        Claim(
            "Little: training stays high, validation far below it",
            (f"^dropout between layers{ACCURACIES}",),
            lambda train, val: train > 92 and val < 84,
        ),
        Claim(
            "Yes, most of them: 16 gated numbers are plenty",
            (r"^16 units .* by heart +(\d+)/(\d+)",),
            lambda learnt, wrong: learnt > wrong / 2,
        ),
        Claim(
            "Better than the baseline, but nothing to rely on",
            (f"^baseline{ACCURACIES}", f"^early stopping{ACCURACIES}"),
            lambda _a, before, train, val: train < 97 and val > before,
        ),
        Claim(
            "holds more of the start than the baseline did, above all by its gates alone",
            tuple(
                rf"gate z of {units} units .* alone ([\d.e-]+), by the whole cell ([\d.e-]+)\."
                for units in (32, 24)
            ),
            lambda gates, cell, mended, whole: mended > 5 * gates and whole > cell,
        ),
        Claim(
            "a correlation near 1, and a line that is nearly level for most of its way",
            tuple(
                rf"^{name} +correlation .*: ([\d.]+)   step 1 counts ([\d.]+) times"
                for name in ("baseline", "your recipe")
            ),
            lambda low, steep, high, level: low < high > 0.9 and steep < 0.5 < level < 2,
        ),
        Claim(
            "Without the shutter nothing is left, and with the shutter turned round",
            (r"^shutter covered +([\d.]+)%", r"^shutter turned round +([\d.]+)%"),
            lambda covered, turned: 40 < covered < 60 and turned < 35,
        ),
        Claim(
            "It disagrees with the wrong labels and with no others",
            _ONLY_WRONG,
            lambda a, b, c, d: a == b and c == d,
        ),
        Claim(
            "The mean rescues it",
            (f"^plain RNN, last state{ACCURACIES}", f"^plain RNN, mean of all{ACCURACIES}"),
            lambda _a, at_the_end, _b, everywhere: everywhere > 80 and at_the_end < 65,
        ),
        Claim(
            "Nothing is gained here",
            (f"^your recipe{ACCURACIES}", f"^both directions{ACCURACIES}"),
            lambda _a, one, _b, both: abs(one - both) < 4,
        ),
    ],
    "03_birnn": [
        Claim(
            "95% on sentences it has seen, about 74% on others",
            (rf"^one way \(baseline\){ACCURACIES}",),
            lambda train, val: 93 <= train <= 97 and 72 <= val <= 77,
        ),
        Claim(
            "owes only the last seventeen or so to reading in order",
            (rf"^one way \(baseline\){ACCURACIES}", f"^bag of words{ACCURACIES}"),
            lambda _a, read, _b, bag: 55 < bag < 61 and 13 < read - bag < 21,
        ),
        Claim(
            "- **Counting wins.**",
            (rf"^one way \(baseline\){ACCURACIES}", r"^two tables of counts +val ([\d.]+)%"),
            lambda _a, read, counted: counted > read,
        ),
        Claim(
            "The gap closes because training falls; validation stays about where it was",
            (rf"^one way \(baseline\){ACCURACIES}", f"^dropout{ACCURACIES}"),
            lambda _a, before, train, val: train < 86 and abs(val - before) < 6 and val < 83,
        ),
        Claim(
            "It rises by a few points at most, far from 85",
            (rf"^one way \(baseline\){ACCURACIES}", f"^twice the memory{ACCURACIES}"),
            lambda _a, before, _b, val: before - 1 < val < min(before + 6, 81),
        ),
        Claim(
            "Training falls below 92, validation stays about where it was",
            (rf"^one way \(baseline\){ACCURACIES}", f"^early stopping{ACCURACIES}"),
            lambda _a, before, train, val: train < 92 and abs(val - before) < 6,
        ),
        Claim(
            "The two summaries, each from its own end, are the best of the three.",
            (
                rf"^both: output\[:, -1\]{ACCURACIES}",
                f"^both: at the last word{ACCURACIES}",
                rf"^both: h_n\[-2\], h_n\[-1\]{ACCURACIES}",
                r"^two tables of counts +val ([\d.]+)%",
            ),
            lambda _a, blind, _b, half, _c, best, counted: blind < 27 < half < best < counted,
        ),
        Claim(
            "the course's own recipe to 62 and 68",
            (r"^ending hidden +([\d.]+)%", r"^beginning hidden +([\d.]+)%"),
            lambda ending, beginning: abs(ending - 62) < 4 and abs(beginning - 68) < 4,
        ),
        Claim(
            "The backward reader had already *seen* the throw.",
            (r"^one way +right about (\d+)%", r"^both ways +right about (\d+)%"),
            lambda one, both: 5 < one < 12 and both > 90,
        ),
        Claim(
            "The first three stay far below 85; the two with dropout come to about 84",
            (
                f"^one layer{ACCURACIES}",
                f"^two layers{ACCURACIES}",
                f"^two, early stopping{ACCURACIES}",
                f"^two, dropout{ACCURACIES}",
                f"^one, dropout{ACCURACIES}",
            ),
            lambda *found: (
                max(found[1:6:2]) < 82 < min(found[7::2])
                and max(found[7::2]) < 87
                and min(found[0:3:2]) > 96
            ),
        ),
    ],
    "04_packing": [
        Claim(
            "| **before** | 94 to 100 | 70 to 83 |",
            (f"^baseline{ACCURACIES}",),
            lambda train, val: train >= 94 and 70 <= val <= 83,
        ),
        Claim(
            "with nothing but the voice, it does far worse than with zeros behind it",
            _LISTENS[:1],
            lambda padded, alone: alone < padded - 10,
        ),
        Claim(
            "A repaired network gives the same answers in all four lines",
            _LISTENS[1:],
            lambda *moved: not any(moved),
        ),
        Claim(
            "Training climbs to about 100, validation stays short of 85",
            (f"^packing{ACCURACIES}",),
            lambda train, val: train > 98 and val < 85,
        ),
        Claim(
            "Hardly better than guessing",
            (f"^packed, last column{ACCURACIES}",),
            lambda _train, val: val < 30,
        ),
        Claim(
            "each call is marked against somebody else's name",
            (r"labels left as they were +([\d.]+)%", r"labels sorted along +([\d.]+)%"),
            lambda forgotten, sorted_along: forgotten < 20 and sorted_along > 80,
        ),
        Claim(
            "Fewer names are learnt by heart; more zeros still move the answers",
            (
                r"^baseline .* by heart (\d+)/",
                r"^dropout .* by heart +(\d+)/.*\n.*\n.* (\d+) calls.*\n.* (\d+) calls",
            ),
            lambda before, learnt, few, many: learnt < before / 2 and few + many > 0,
        ),
        Claim(
            "It is the quickest, and loses little or nothing",
            (r"^padded to 50 .* val ([\d.]+)%", r"^cut after 7 frames .* val ([\d.]+)%"),
            lambda whole, cut: cut > whole - 3,
        ),
    ],
    "05_text": [
        Claim(
            "from 2500 down to the neighbourhood of the unigram model",
            (r"^ +1 .* ([\d.]+)   [\d.]+%$", r"^ +2 .* ([\d.]+)   [\d.]+%$", r"^unigram ([\d.]+)"),
            lambda first, second, unigram: first < 1.4 * unigram and second < 1.03 * unigram,
        ),
        Claim(
            "*worse than a model that only knows how frequent words are*",
            (f"^baseline{PERPLEXITIES}", r"^unigram ([\d.]+), bigram ([\d.]+)"),
            lambda train, val, unigram, bigram: train < 5.5 and val > max(unigram, 3 * bigram),
        ),
        Claim(
            "two words in three are right",
            (r"^epoch 25   loss [\d.]+   accuracy ([\d.]+)%$",),
            lambda right: 60 < right < 73,
        ),
        Claim(
            "Far below the baseline, but still above the bigram model",
            (
                f"^baseline{PERPLEXITIES}",
                f"^early stopping{PERPLEXITIES}",
                f"^weight decay{PERPLEXITIES}",
                r"^bigram model ([\d.]+)",
            ),
            lambda _a, b, _c, early, _d, decay, bigram: bigram < min(early, decay) < 0.6 * b,
        ),
        Claim(
            "Perplexity falls far below the bigram model's, and it means nothing",
            (f"^both directions{PERPLEXITIES}", r"^bigram model ([\d.]+)"),
            lambda _train, val, bigram: val < bigram / 3,
        ),
        Claim(
            "The network that learnt by heart is the better parrot and the worse model.",
            (r"^baseline .*: (\d+) of \d+ runs", r"^your recipe .*: (\d+) of \d+ runs"),
            lambda before, after: before > after,
        ),
        Claim(
            "about where the untied network stopped: no cure by itself",
            (
                f"^early stopping{PERPLEXITIES}",
                f"^tied{PERPLEXITIES}",
                r"^bigram model ([\d.]+)",
            ),
            lambda _a, untied, _b, tied, bigram: abs(tied / untied - 1) < 0.15 and tied > bigram,
        ),
        Claim(
            "Whatever scores more is cheating, perhaps without knowing.",
            tuple(
                f"^{name} +new random words right: +([\\d.]+)%"
                for name in ("as it should be", "targets not shifted", "a bidirectional layer")
            ),
            lambda right, copied, foreseen: right < 12 and copied > 95 and foreseen > 60,
        ),
        Claim(
            "The last one would even have beaten the bigram model.",
            (r"^padding counted as certain +([\d.,]+)", r"^bigram model ([\d.]+)"),
            lambda counted, bigram: counted < bigram,
        ),
    ],
}
