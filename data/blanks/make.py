"""Make `blanks` from WordNet's example sentences: `python -m data.blanks.make /usr/share/wordnet`.

Authors run this from the repository's root. It writes blanks.npz, words.txt and SHA256SUMS beside
itself and the sentences for grading into `solutions/03_birnn/hidden.npz`; the same bytes each time.

How a sentence becomes an example:

- WordNet 3.0's quoted examples in file order, lower case, words and numbers only; 6 to 14 of them;
- one word is hidden: a noun or verb of the example's own synset (any form of it, when just one word
  of the sentence is one; not a verb after a form of "be" or "have", which may be a participle used
  as an adjective), or a word of the three short lists below;
- at least three words stand behind the hidden one, so that there is an ending to read;
- each sentence is used once, and of sentences that share 60% of their words only the first;
- 3600 sentences of each class; all are shuffled; the first 3000 are for grading, the rest public.

The vocabulary is of the public sentences: words that stand there at least four times. A rarer one
becomes <unk-ing>, <unk-ed>, ... by its ending or <unk>; a number becomes <num>.
"""

import argparse
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from data import wordnet
from data.blanks.recipe import CLASSES, ENDINGS, HIDDEN_ROWS, SPECIAL, STEPS
from data.blanks.recipe import committed as page_files

PREPOSITIONS = wordnet.words(
    "in on at of for with from by into during through against between among upon within toward "
    "towards"
)
PRONOUNS = frozenset({"i", "he", "she", "we", "they"})
DETERMINERS = frozenset({"the", "a", "an"})
# A word after one of these may be a participle in an adjective's place: "the wall was painted".
BEFORE_PARTICIPLES = wordnet.words(
    "is are was were be been being am get gets got had has have having"
)
SHORTEST, WORDS_AFTER = 6, 3
PER_CLASS = 3600
LEAST_COUNT = 4

Places = dict[str, set[int]]
"""For each class the places of the words of a sentence that may be hidden."""
Blanked = tuple[list[str], int, int]
"""The sentence, the place of the hidden word, its class."""


def main() -> None:
    """Read WordNet and write the committed files."""
    parser = argparse.ArgumentParser(description="Make data/blanks from WordNet's examples.")
    parser.add_argument("wordnet", type=Path, help="folder of data.noun: /usr/share/wordnet")
    folder = parser.parse_args().wordnet
    here = Path(__file__).resolve().parent
    found = candidates(folder)
    kept = wordnet.distinct([words for words, _ in found])
    chosen = choose([found[place] for place in kept])
    hidden, public = chosen[:HIDDEN_ROWS], chosen[HIDDEN_ROWS:]
    words = vocabulary(public)
    pool = {
        "pool.npz": wordnet.packed(encode(public, words)),
        "words.txt": "".join(f"{word}\n" for word in words).encode(),
    }
    wordnet.write(here, pool)
    wordnet.write(here, {**pool, **page_files()})
    target = here.parents[1] / "solutions" / "03_birnn" / "hidden.npz"
    target.write_bytes(wordnet.packed(encode(hidden, words)))
    print(f"{len(public)} public, {len(hidden)} for grading, {len(words)} words")


def candidates(folder: Path) -> list[tuple[list[str], Places]]:
    """Each sentence of the right length once, with the places of the words that may be hidden."""
    exceptions = {part: wordnet.irregular(folder, part) for part in ("noun", "verb")}
    closed = {"preposition": PREPOSITIONS, "pronoun": PRONOUNS, "determiner": DETERMINERS}
    found: dict[str, tuple[list[str], Places]] = {}
    for example in wordnet.examples(folder):
        words = wordnet.NUMBER_OR_WORD.findall(example.text.lower())
        if not SHORTEST <= len(words) <= STEPS:
            continue
        places = found.setdefault(" ".join(words), (words, {name: set() for name in CLASSES}))[1]
        if example.part in exceptions:
            own = {
                form
                for lemma in example.lemmas
                for form in forms(lemma, example.part) | exceptions[example.part].get(lemma, set())
            }
            hits = [place for place, word in enumerate(words) if word in own]
            verb = example.part == "verb"
            if len(hits) == 1 and not (
                verb and hits[0] and words[hits[0] - 1] in BEFORE_PARTICIPLES
            ):
                places[example.part].add(hits[0])
        for name, members in closed.items():
            places[name].update(place for place, word in enumerate(words) if word in members)
    for words, places in found.values():
        for name in CLASSES:
            places[name] = {place for place in places[name] if place + WORDS_AFTER < len(words)}
    return list(found.values())


def forms(lemma: str, part: str) -> set[str]:
    """The regular forms of a noun or verb; a few that nobody writes do no harm."""
    stem = lemma.removesuffix("y")
    plural = {lemma, lemma + "s", lemma + "es", stem + "ies"}
    if part == "noun":
        return plural
    short, twice = lemma.removesuffix("e"), lemma + lemma[-1]
    endings = {short + "ing", short + "ed", stem + "ied", lemma + "ing", lemma + "ed"}
    return plural | endings | {twice + "ing", twice + "ed"}


def choose(found: list[tuple[list[str], Places]]) -> list[Blanked]:
    """Hide one word of a sentence, equally often of each class, in random order."""
    rng = random.Random(0)
    rng.shuffle(found)
    fitting = {name: sum(bool(places[name]) for _, places in found) for name in CLASSES}
    chosen: list[Blanked] = []
    used: set[int] = set()
    for name in sorted(CLASSES, key=fitting.__getitem__):  # the rarest class chooses first
        free = [n for n, (_, places) in enumerate(found) if places[name] and n not in used]
        if len(free) < PER_CLASS:
            message = f"only {len(free)} sentences are left for {name}; {PER_CLASS} are needed"
            raise SystemExit(message)
        for n in free[:PER_CLASS]:
            words, places = found[n]
            chosen.append((words, rng.choice(sorted(places[name])), CLASSES.index(name)))
            used.add(n)
    rng.shuffle(chosen)
    return chosen


def vocabulary(public: list[Blanked]) -> list[str]:
    """The words by id: the special ones, then by falling count; hidden words do not count."""
    counts = Counter(
        word
        for words, hidden, _ in public
        for place, word in enumerate(words)
        if place != hidden and not word.isdigit()
    )
    often = [word for word, count in counts.items() if count >= LEAST_COUNT]
    return [*SPECIAL, *sorted(often, key=lambda word: (-counts[word], word))]


def encode(chosen: list[Blanked], words: list[str]) -> dict[str, npt.NDArray[Any]]:
    """Ids x int16 (N, 14) padded with 0, classes y int8 (N,), lengths int8 (N,)."""
    ids = {word: number for number, word in enumerate(words)}

    def number(word: str) -> int:
        if word in ids:
            return ids[word]
        if word.isdigit():
            return ids["<num>"]
        ending = next((ending for ending in ENDINGS if word.endswith(ending)), None)
        return ids[f"<unk-{ending}>" if ending else "<unk>"]

    x = np.zeros((len(chosen), STEPS), dtype=np.int16)
    for row, (sentence, hidden, _) in enumerate(chosen):
        coded = [number(word) for word in sentence]
        coded[hidden] = ids["<blank>"]
        x[row, : len(coded)] = coded
    y = np.array([label for *_, label in chosen], dtype=np.int8)
    lengths = np.array([len(sentence) for sentence, *_ in chosen], dtype=np.int8)
    return {"x": x, "y": y, "lengths": lengths}


if __name__ == "__main__":
    main()
