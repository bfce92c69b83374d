"""What a learner has done with one item: choice, attempts, open hints. `progress.json` keeps it.

Cells and panels both ask and change this record, so they can never disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grader.core import messages, quiz_messages
from grader.core.names import CHALLENGE, number, series, series_id
from grader.core.quiz import PREDICT, Item
from grader.lab.progress_file import UnitProgress

ATTEMPTS_COUNTED = 2
"""A badge counts the first two attempts at each problem."""
_LEFT_AT_LEAST = 2


class ItemRecord:
    """One item and its record."""

    def __init__(self, item: Item, progress: UnitProgress) -> None:
        self.item = item
        self._progress = progress

    @property
    def choice(self) -> str:
        """The last letter given, "" before the first."""
        return str(self._entry.get("choice", ""))

    @property
    def tried(self) -> int:
        """How many different letters in a row were given."""
        return int(self._entry.get("attempts", 0))

    @property
    def right(self) -> bool | None:
        """Whether the last letter is the right one; None without a letter or without a key."""
        if not self.choice or self.item.answer is None:
            return None
        return self.choice == self.item.answer

    @property
    def counts(self) -> bool:
        """True where it was right within the attempts that a badge counts."""
        right_at = self._entry.get("right_at")
        return isinstance(right_at, int) and right_at <= ATTEMPTS_COUNTED

    @property
    def done(self) -> bool:
        """True where no further attempt changes what counts."""
        return self.choice != "" and (
            self.item.answer is None or self.counts or self.tried >= ATTEMPTS_COUNTED
        )

    def give(self, letter: str) -> int:
        """Record an attempt and give its number; the same letter once more is the same attempt."""
        if self.choice == letter:
            return max(self.tried, 1)
        number = self.tried + 1
        # Right once is right for good: trying the other letters afterwards is curiosity.
        right_at = self._entry.get("right_at") or (number if letter == self.item.answer else None)
        entry = {"choice": letter, "attempts": number, "right_at": right_at}
        self._progress.put("item", self.item.id, entry)
        return number

    @property
    def opened(self) -> int:
        """How many hints are open."""
        return int(self._progress.get("hint", self.item.id).get("opened", 0))

    def open_hint(self) -> None:
        """Open the next hint, if there is one."""
        if self.opened < len(hints_of(self.item)):
            self._progress.put("hint", self.item.id, {"opened": self.opened + 1})

    @property
    def awaits(self) -> bool:
        """True for a prediction whose run has not yet shown what happens."""
        return self.item.kind == PREDICT and "guess" not in self._revealed

    @property
    def guess(self) -> str:
        """The letter that stood when a prediction was first revealed, "" without one."""
        return str(self._revealed.get("guess", ""))

    def reveal(self) -> None:
        """Keep a prediction's letter as its guess; later letters change it no more."""
        if self.awaits:
            self._progress.put("revealed", self.item.id, {"guess": self.choice})

    @property
    def _revealed(self) -> dict[str, Any]:
        return self._progress.get("revealed", self.item.id)

    @property
    def _entry(self) -> dict[str, Any]:
        return self._progress.get("item", self.item.id)

    def verdict(self, *, hint: bool, all_options: bool) -> str:
        """Right or not yet, and why, in Markdown; "" before the first letter.

        Of a prediction, until it is revealed, only that it was noted.

        `hint` adds the item's hint to a wrong answer; `all_options` says why the others are wrong
        once the right one is found.
        """
        option = self.item.option(self.choice)
        if option is None:
            return ""
        if self.awaits:
            return quiz_messages.guess_noted(option.key)
        if self.right is None:
            return messages.KEY_WITHHELD
        count = quiz_messages.attempts(self.tried)
        if not self.right:
            said = f"✘ **Not yet**, {count}. **{option.key}**: {option.why}"
            return f"{said}\n\n*Hint:* {self.item.hint}" if hint else said
        said = f"✔ **Right**, {count}. {option.why}\n\n{self.item.explanation}"
        return f"{said}\n\n{self.every_why()}" if all_options else said

    def every_why(self) -> str:
        """Why each option is right or wrong, in Markdown."""
        lines = [
            f"- {'✔' if option.key == self.item.answer else '✘'} **{option.key}**: {option.why}"
            for option in self.item.options
        ]
        return "\n".join([quiz_messages.EVERY_CHOICE, "", *lines])


def hints_of(item: Item) -> tuple[str, ...]:
    """An item's hints: its own, then one wrong option after the other ruled out, two stay.

    A prediction has its own alone: what happens is for its run to say.
    """
    return (item.hint, *(quiz_messages.ruled_out(o.key, o.why) for o in _to_rule_out(item)))


def ruled_out(item: Item, opened: int) -> list[str]:
    """The keys that `opened` hints rule out."""
    return [option.key for option in _to_rule_out(item)[: max(opened - 1, 0)]]


def _to_rule_out(item: Item) -> list[Any]:
    # a class hand-out does not know which are wrong
    if item.answer is None or item.kind == PREDICT:
        return []
    wrong = [option for option in item.options if option.key != item.answer]
    return wrong[: len(item.options) - _LEFT_AT_LEAST]


def in_order(items: Iterable[Item], kind: str, prefix: str) -> list[Item]:
    """The items of a kind and unit by the number that ends their id: 10 comes after 9."""
    chosen = [i for i in items if i.kind == kind and series(i.id) == series_id(prefix, kind)]
    return sorted(chosen, key=lambda item: number(item.id))


def record_of(item: Item, letter: str) -> dict[str, str]:
    """How the item's cell reads with this letter, and the pattern that finds it in the cell."""
    if item.kind == CHALLENGE:
        name = item.id.replace("-", "_")
        return {"pattern": f'^{name} *= *"[^"\\n]*"', "line": f'{name} = "{letter}"'}
    call = f'lab.answer("{item.id}", '
    pattern = rf'lab\.answer\("{item.id}", *"[^"\n]*"\)'
    return {"pattern": pattern, "line": f'{call}"{letter}")'}
