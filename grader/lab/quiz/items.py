"""`answer`: one multiple-choice item, with a panel to choose in where somebody can click.

The learner's letter stands in the code cell: it survives a restart, a copy, a kernel without
panels. The panel is a view of the same record and writes the letter into that cell. Nothing here
earns points and nothing raises in a lesson: while a notebook is graded these calls do nothing.
"""

from pathlib import Path
from typing import Any

from grader.core import quiz_messages, unit_file
from grader.core.errors import GraderError
from grader.core.quiz import Item
from grader.lab import frontend
from grader.lab.cards import MarkdownText, say
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz.record import ItemRecord, hints_of, record_of, ruled_out


def answer(item: str, choice: str) -> None:
    """Answer one quiz item; say whether it is right, and why.

    A prediction is noted without a verdict, until `reveal` has said what happened. In a graded run
    it does nothing.

    Args:
        item: str, the item's id, such as "rnn-practice-1".
        choice: str, one of its letters; "" asks for one.

    Example:
        >>> lab.answer("rnn-practice-1", "a")
        ✘ **Not yet**, first attempt. **a**: ...
    """
    if frontend.is_graded():
        return
    try:
        found = unit_file.find(Path.cwd()).quiz.get(item)
    except GraderError as error:
        say(str(error))
        return
    if found is None:
        say(quiz_messages.no_item(item))
        return
    answered = ItemRecord(found, UnitProgress(Path.cwd()))
    refusal = _give(answered, choice)
    if frontend.has_panels():
        ItemPanel(answered).show(refusal)
    else:
        say(refusal or answered.verdict(hint=True, all_options=True))


def _give(answered: ItemRecord, choice: str) -> str:
    """Record a letter; what is wrong with it where it is none of the item's."""
    keys = [option.key for option in answered.item.options]
    letter = str(choice).strip().lower()
    if not letter:
        return quiz_messages.choose(keys)
    if letter not in keys:
        return quiz_messages.not_an_option(choice, keys)
    answered.give(letter)
    return ""


class ItemPanel:
    """The panel of one item, and below it the words that stay in the notebook."""

    def __init__(self, answered: ItemRecord) -> None:
        self.answered = answered
        self._text = MarkdownText()
        self._panel: Any = None

    def show(self, refusal: str = "") -> None:
        """Show both; the words are the record's, or say what was wrong with the cell's letter."""
        from grader.lab.page.panels import Panel

        item = self.answered.item
        asked = {"title": item.title, "items": [asked_of(item, body=False)]}
        self._panel = Panel("quiz.js", asked, self.state())
        self._panel.hear(self.press)
        self._panel.show()
        empty = refusal == quiz_messages.choose([option.key for option in item.options])
        said = self.answered.verdict(hint=False, all_options=True)
        self._text.show(said if empty or not refusal else refusal)

    def press(self, content: dict[str, Any]) -> None:
        """Answer what the page sends: Check or Hint."""
        letter = str(content.get("choice", ""))
        if content.get("press") == "check" and self.answered.item.option(letter):
            self.answered.give(letter)
            self._text.rewrite(self.answered.verdict(hint=False, all_options=True))
        elif content.get("press") == "hint":
            self.answered.open_hint()
        self._panel.state = self.state(letter)

    def state(self, chosen: str = "") -> dict[str, Any]:
        """What the page draws; `chosen` is the letter marked there now."""
        return {"at": 0, "item": state_of(self.answered, chosen=chosen, hints=True)}


def asked_of(item: Item, *, body: bool) -> dict[str, Any]:
    """The part of an item that a page shows whatever happens; `body`: with its question."""
    return {
        "title": item.title,
        "level": item.level,
        "body": item.question if body else "",
        "options": [{"key": option.key, "text": option.text} for option in item.options],
    }


def state_of(answered: ItemRecord, *, chosen: str, hints: bool) -> dict[str, Any]:
    """The part of an item's record that a page shows."""
    item, opened = answered.item, answered.opened if hints else 0
    ladder = hints_of(item) if hints else ()
    marks = dict.fromkeys(ruled_out(item, opened), "ruled out")
    if answered.right is not None and not answered.awaits:
        marks[answered.choice] = "right" if answered.right else "wrong"
    return {
        "choice": chosen or answered.choice,
        "marks": marks,
        "done": bool(answered.right) and not answered.awaits,
        "hints": [
            f"**{quiz_messages.hint_title(step, len(ladder))}.** {text}"
            for step, text in enumerate(ladder[:opened], start=1)
        ],
        "hints_left": max(len(ladder) - opened, 0),
        "hint_label": quiz_messages.hint_title(opened + 1, len(ladder)),
        "check": quiz_messages.NOTE_GUESS if answered.awaits else quiz_messages.CHECK,
        "status": _status(answered) if answered.choice else "",
        "record": record_of(item, answered.choice) if answered.choice else None,
    }


def _status(answered: ItemRecord) -> str:
    return quiz_messages.status(None if answered.awaits else answered.right, answered.tried)
