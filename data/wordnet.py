"""Read WordNet's example sentences: what the makers of `blanks` and `sentences` share.

Only the two `make.py` scripts beside the data use this, when an author rebuilds the committed
extracts; lessons and the referee never need WordNet. It reads `data.noun`, `data.verb`, `data.adj`
and `data.adv` of WordNet 3.0 (on Debian and Ubuntu: package wordnet-base, /usr/share/wordnet).
"""

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SAME = 0.6
PARTS = ("noun", "verb", "adj", "adv")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
NUMBER_OR_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


# WordNet marks words that hurt people; sentences with one of them are left out, and a few more
# words whose examples have no place in a class.
_HURTS = re.compile(
    r"\([^)]*(?:slur|offensive|obscen|vulgar|disparag|derogat)[^)]*\)"
    r"|^(?:ethnic slur|obscene|vulgar|offensive (?:term|name|word))"
)
_NOT_FOR_CLASS = words(
    "jew jews jewish negro negroes blacks nazi nazis hitler rape raped rapes rapist sex sexual "
    "sexually sexy prostitute prostitutes prostitution whore naked nude breast breasts suicide "
    "incest lesbian homosexual homosexuals abortion bitch bastard slut genocide"
)
# Harmless in their ordinary sense, which is the one that WordNet's examples use.
_ORDINARY = words(
    "boy bull camp dirt fairy gamin jerry mickey nip peter profanity queen shaft slit snatch "
    "softness spade taco throwaway tom tool"
)


@dataclass(frozen=True)
class Example:
    """One quoted example: its text, the part it is from, and its synset's own words."""

    text: str
    part: str
    lemmas: tuple[str, ...]


def examples(folder: Path) -> list[Example]:
    """Every example sentence in file order, but those with a word that hurts people.

    Raises SystemExit naming the package when `folder` is not WordNet's.
    """
    missing = [part for part in PARTS if not (folder / f"data.{part}").is_file()]
    if missing:
        message = (
            f"{folder} has no data.{missing[0]}. Give the folder of WordNet 3.0's files; "
            "`apt install wordnet-base` puts them into /usr/share/wordnet."
        )
        raise SystemExit(message)
    synsets = [(part, *entry) for part in PARTS for entry in _synsets(folder / f"data.{part}")]
    hurtful = _NOT_FOR_CLASS | {
        lemma
        for _, lemmas, gloss in synsets
        if _HURTS.search(gloss.split('"')[0])
        for lemma in lemmas
    }
    hurtful -= _ORDINARY
    return [
        Example(text, part, lemmas)
        for part, lemmas, gloss in synsets
        for text in re.findall(r'"([^"]+)"', gloss)
        if not hurtful & set(WORD.findall(text.lower()))
    ]


def irregular(folder: Path, part: str) -> dict[str, set[str]]:
    """The irregular forms of each word: `irregular(folder, "verb")["go"]` holds "went"."""
    found: dict[str, set[str]] = {}
    for line in (folder / f"{part}.exc").read_text(encoding="utf-8").splitlines():
        form, *lemmas = line.split()
        for lemma in lemmas:
            found.setdefault(lemma, set()).add(form)
    return found


def _synsets(path: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """The words and the gloss of each synset; the licence at the top is indented."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        head, _, gloss = line.partition(" | ")
        fields = head.split()
        count = int(fields[3], 16)
        lemmas = [fields[4 + 2 * n].lower().split("(")[0] for n in range(count)]
        yield tuple(lemmas), gloss.strip()


def distinct(sentences: list[list[str]]) -> list[int]:
    """The places of sentences to keep: of those that share 60% of their words, the first.

    Two such sets of words share one of their few rarest words, so only those are looked up.
    """
    counts = Counter(word for sentence in sentences for word in set(sentence))
    holders: dict[str, list[set[str]]] = {}
    kept = []
    for place, sentence in enumerate(sentences):
        own = set(sentence)
        rare = sorted(own, key=lambda word: (counts[word], word))
        rare = rare[: len(own) - int(SAME * len(own)) + 1]
        others = [other for word in rare for other in holders.get(word, [])]
        if any(len(own & other) >= SAME * len(own | other) for other in others):
            continue
        kept.append(place)
        for word in rare:
            holders.setdefault(word, []).append(own)
    return kept


def packed(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """Pack arrays as an uncompressed .npz whose bytes depend on the arrays alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            # A fixed time and system: `np.savez` leaves the system's number in the file.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0))
            archive.writestr(entry, content.getvalue())
    return buffer.getvalue()


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files and their SHA256SUMS into `folder`, and say what was written."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    for name, content in {**files, "SHA256SUMS": text.encode()}.items():
        (folder / name).write_bytes(content)
        print(f"{folder.name}/{name}: {len(content):,} bytes")
