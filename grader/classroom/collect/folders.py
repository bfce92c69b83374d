"""Whose each file is where no platform made the names: folders of students, or files named so.

Folders of units and wrappers count for nothing, however deep: `hand-ins/ann/week 1/01_rnn/x.ipynb`
is ann's among others of such a form. One folder whose notebooks are called after people (what forms
and shared drives hand out) is nobody's; where all folders carry the unit's name, as repositories
do, the rest of it is the student's.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.classroom.collect.archive_names import without_copy_mark
from grader.classroom.collect.platforms import Submitter
from grader.core.names import is_unit_name

_WRAPPERS = {"submitted", "submissions", "submission", "abgaben"}
_SEPARATORS = re.compile(r"([_\- ]+)")
_NUMBER = re.compile(r"\d+")
_DIGITS = 5  # of a number that can be a student's
_NAMED = re.compile(r"\.(ipynb|json|txt|zip)\b", re.IGNORECASE)


def unit_named(name: str, units: Sequence[str]) -> str | None:
    """The unit that a folder's or a file's name stands for: `1_rnn`, `01-RNN`, `rnn`; or None."""
    return _unit_words(units).get(_plain(name))


@dataclass(frozen=True)
class FolderPaths:
    """Reads the paths of one source.

    `roster` has the class's ids by their plain forms, `level` is the first at which folders differ,
    None where there is one chain only; `words` are units by what people call them. `by_file`: what
    the one folder holds is called after people; `with_unit`: all folders carry the unit's name;
    `prefix`: what all of them begin with.
    """

    words: Mapping[str, str]
    roster: Mapping[str, str]
    ignored: frozenset[str]
    level: int | None = None
    by_file: bool = False
    with_unit: bool = False
    prefix: str = ""

    @classmethod
    def of(
        cls, paths: Sequence[tuple[str, ...]], units: Sequence[str], known: Sequence[str], top: str
    ) -> "FolderPaths":
        """The reader of a source that is called `top`; `known` are ids of the class."""
        roster = {_plain(name): name for name in known}
        ignored = frozenset({*_WRAPPERS, _plain(top)} - set(roster))
        reader = cls(_unit_words(units), roster, ignored)
        levels: dict[int, set[str]] = {}
        for parts in paths:
            for level, part in enumerate(reader.folders(parts)):
                levels.setdefault(level, set()).add(part)
        differing = [level for level in sorted(levels) if len(levels[level]) > 1]
        if not differing:
            return replace(reader, by_file=reader.is_of_many(paths))
        level, names = differing[0], levels[differing[0]]
        rests = {_without_unit(name, reader.words) for name in names}
        with_unit = len(rests - names - {""}) == len(names)
        return replace(reader, level=level, with_unit=with_unit, prefix=_common(names))

    def __call__(self, parts: tuple[str, ...]) -> Submitter | None:
        """Whose a file is: by the roster, by its folders, by its own name; None for nobody's."""
        named = self.folders(parts)
        for part in named:
            known = self._of_roster(part)
            if known:
                return Submitter(part, known, _below(parts, part))
        if named and not self.by_file and (self.level is None or self.level < len(named)):
            chosen = self._above_unit(parts) if self.level is None else named[self.level]
            name = _without_unit(chosen, self.words) if self.with_unit else chosen
            return Submitter(chosen, name, _below(parts, chosen))
        return self._by_file(parts)

    def _of_roster(self, folder: str) -> str:
        """The student whose id a folder's name is, or holds as a number or behind all prefixes."""
        words = [folder, folder.removeprefix(self.prefix)]
        words += [word for word in _NUMBER.findall(folder) if len(word) >= _DIGITS]
        return next((self.roster[w] for w in map(_plain, words) if w in self.roster), "")

    def is_of_many(self, paths: Sequence[tuple[str, ...]]) -> bool:
        """Whether the notebooks of one folder are called after people, each after another one."""
        names = [parts[-1] for parts in paths if ".ipynb" in parts[-1].lower()]
        people = {self._name_in(name) for name in names}
        originals = {without_copy_mark(name.partition(".")[0])[0] for name in names}
        return len(names) > 1 and "" not in people and len(people) == len(originals) == len(names)

    def folders(self, parts: tuple[str, ...]) -> list[str]:
        """The folders on a file's way that could be a student's."""
        return [
            part
            for part in _bare(parts)
            if _plain(part) not in self.words and _plain(part) not in self.ignored
        ]

    def _above_unit(self, parts: tuple[str, ...]) -> str:
        bare = _bare(parts)
        at = next((i for i, part in enumerate(bare) if _plain(part) in self.words), None)
        above = self.folders((*parts[:at], "")) if at is not None else []
        return above[-1] if above else self.folders(parts)[0]

    def _by_file(self, parts: tuple[str, ...]) -> Submitter | None:
        if not _NAMED.search(parts[-1]):
            return None
        stem = self._name_in(parts[-1])
        if not stem:
            return None
        name = self.roster.get(_plain(stem), stem)
        return Submitter(stem, name, parts[-1:], is_file_named=True)

    def _name_in(self, file: str) -> str:
        """The person in a file's name; "" for none. A form writes `rnn (1) - Ann Lee.ipynb`."""
        own = without_copy_mark(file.partition(".")[0])[0]
        before, dash, behind = own.rpartition(" - ")
        if dash and _plain(without_copy_mark(before)[0]) in self.words:
            return behind.strip()
        return _without_unit(own, self.words)


def _bare(parts: tuple[str, ...]) -> list[str]:
    """The folders of a path; one that is an archive without its ending."""
    return [part.removesuffix(".zip") for part in parts[:-1]]


def _common(names: Collection[str]) -> str:
    """What all names begin with, up to a blank, a hyphen or an underscore."""
    first, last = min(names), max(names)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return first[: max(first.rfind(mark, 0, same) for mark in "_- ") + 1]


def _below(parts: tuple[str, ...], folder: str) -> tuple[str, ...]:
    return parts[_bare(parts).index(folder) + 1 :]


def _unit_words(units: Sequence[str]) -> dict[str, str]:
    """Plain forms of what people call a unit, by it."""
    words: dict[str, str] = {}
    for unit in units:
        if not is_unit_name(unit):  # an ordinary assignment: any name
            words.setdefault(_plain(unit), unit)
            continue
        number, _, word = unit.partition("_")
        bare = str(int(number))
        for form in (unit, word, f"{bare}_{word}", f"unit{number}", f"unit{bare}"):
            words.setdefault(_plain(form), unit)
    return words


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _without_unit(stem: str, words: Mapping[str, str]) -> str:
    """What a file's stem says besides its unit: `01_rnn_ann` is `ann`, `rnn` is nothing."""
    pieces = _SEPARATORS.split(stem)
    for size in (3, 1):  # `01_rnn` is two words with what stands between them
        for start in range(0, len(pieces) - size + 1, 2):
            if _plain("".join(pieces[start : start + size])) in words:
                rest = pieces[: max(0, start - 1)] + pieces[start + size :]
                return "".join(rest).strip("_- ")
    return stem.strip()
