"""Make `sentences` from WordNet's examples: `python -m data.sentences.make /usr/share/wordnet`.

Authors run this from the repository's root. It writes sentences.txt, words.txt, sentences.npz and
SHA256SUMS beside itself and the sentences for grading into `solutions/05_text/hidden.npz`; the same
bytes each time.

WordNet 3.0's quoted examples in file order; lower case, letters and apostrophes only, without
numbers; 4 to 9 words; of sentences that share 60% of their words only the first; shuffled. The
first 2000 are for grading, the rest public. The vocabulary is the 2497 most frequent words of the
public sentences after `<pad>`, `<unk>` and `<s>`; the sentences for grading have no say in it.
"""

import argparse
import random
import re
from collections import Counter
from pathlib import Path

import numpy as np

from data import wordnet

SHORTEST, LONGEST = 4, 9
HIDDEN_ROWS = 2000
VOCABULARY = 2500
SPECIAL = ("<pad>", "<unk>", "<s>")


def main() -> None:
    """Read WordNet and write the committed files."""
    parser = argparse.ArgumentParser(description="Make data/sentences from WordNet's examples.")
    parser.add_argument("wordnet", type=Path, help="folder of data.noun: /usr/share/wordnet")
    folder = parser.parse_args().wordnet
    here = Path(__file__).resolve().parent
    found = candidates(folder)
    chosen = [found[place] for place in wordnet.distinct(found)]
    random.Random(0).shuffle(chosen)
    hidden, public = chosen[:HIDDEN_ROWS], chosen[HIDDEN_ROWS:]
    counts = Counter(word for sentence in public for word in sentence)
    often = sorted(counts, key=lambda word: (-counts[word], word))[: VOCABULARY - len(SPECIAL)]
    texts = {
        "sentences.txt": "".join(" ".join(sentence) + "\n" for sentence in public).encode(),
        "words.txt": "".join(f"{word}\n" for word in (*SPECIAL, *often)).encode(),
    }
    wordnet.write(here, texts)
    from data.sentences import recipe  # reads the words that were just written

    wordnet.write(here, {**texts, **recipe.committed()})
    ids = recipe.encode([" ".join(sentence) for sentence in hidden])["x"].astype(np.int16)
    target = here.parents[1] / "solutions" / "05_text" / "hidden.npz"
    target.write_bytes(wordnet.packed({"x": ids}))
    print(f"{len(public)} public sentences, {_known(public, often):.1%} of their words are known")
    print(f"{len(hidden)} for grading, {_known(hidden, often):.1%} of theirs")


def _known(sentences: list[list[str]], vocabulary: list[str]) -> float:
    """The share of the words that are in the vocabulary."""
    listed = set(vocabulary)
    words = [word for sentence in sentences for word in sentence]
    return sum(word in listed for word in words) / len(words)


def candidates(folder: Path) -> list[list[str]]:
    """The words of each sentence of the right length, once."""
    found: dict[str, list[str]] = {}
    for example in wordnet.examples(folder):
        words = wordnet.WORD.findall(example.text.lower())
        if SHORTEST <= len(words) <= LONGEST and not re.search(r"\d", example.text):
            found.setdefault(" ".join(words), words)
    return list(found.values())


if __name__ == "__main__":
    main()
