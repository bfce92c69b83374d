"""A unit's challenge: a clock that is shown and never fatal, counted attempts, a badge.

The problems are graded questions, answered in cells of their own that `checks.check` judges. Here
they come one at a time in a panel, which writes each letter into its cell. A self-paced badge
proves nothing to others: marks come from the teacher's grader.
"""

import time
from pathlib import Path
from typing import Any

from grader.core import quiz_messages, unit_file
from grader.core.errors import GraderError
from grader.core.names import CHALLENGE, series, series_id
from grader.core.quiz import Item
from grader.core.unit_file import Unit
from grader.lab import frontend
from grader.lab.cards import MarkdownText, say
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz.badge_image import badge
from grader.lab.quiz.items import asked_of, state_of
from grader.lab.quiz.record import ATTEMPTS_COUNTED, ItemRecord, in_order

SECONDS_EACH = 120.0


def challenge(prefix: str) -> None:
    """Begin a unit's challenge: a panel where somebody can click, else the clock alone.

    In a graded run it does nothing.

    Args:
        prefix: str, the unit's short name, such as "rnn".

    Example:
        >>> lab.challenge("rnn")
        The clock runs: 5 problems, 2 minutes each, two attempts each. ...
    """
    if frontend.is_graded():
        return
    try:
        items = in_order(unit_file.find(Path.cwd()).quiz.values(), CHALLENGE, prefix)
    except GraderError as error:
        say(str(error))
        return
    if not items:
        say(quiz_messages.no_item(series_id(prefix, CHALLENGE)))
        return
    run = Challenge(prefix, items, UnitProgress(Path.cwd()))
    if frontend.has_panels():
        ChallengePanel(run).show()
        return
    run.start()
    say(quiz_messages.challenge_begins(len(items), SECONDS_EACH / 60, has_keys=run.has_keys))


class Challenge:
    """The problems of one unit with their record: attempts, times, whether the badge is earned.

    Times are those of the clock on the wall: it goes on through a restart of the kernel.
    """

    def __init__(self, prefix: str, items: list[Item], progress: UnitProgress) -> None:
        self.prefix = prefix
        self.answers = [ItemRecord(item, progress) for item in items]
        self._progress = progress

    @property
    def _entry(self) -> dict[str, Any]:
        return self._progress.get("challenge", self.prefix)

    def _put(self, **changes: Any) -> None:
        self._progress.put("challenge", self.prefix, {**self._entry, **changes})

    @property
    def has_keys(self) -> bool:
        """False in a class's release, where the referee alone marks the problems."""
        return all(answer.item.answer is not None for answer in self.answers)

    @property
    def started(self) -> float | None:
        """When the clock was started, in seconds since 1970."""
        started = self._entry.get("started")
        return float(started) if isinstance(started, int | float) else None

    def start(self) -> None:
        """Start the clock; problems that are done keep their times."""
        self._put(started=time.time(), shown={}, took=self._times("took"))

    def _times(self, kind: str) -> dict[str, float]:
        times = self._entry.get(kind)
        return dict(times) if isinstance(times, dict) else {}

    def look_at(self, place: int) -> None:
        """Start the clock of one problem, unless it runs since the last start."""
        shown, name = self._times("shown"), self.answers[place].item.id
        if name not in shown:
            self._put(shown={**shown, name: time.time()})

    def give(self, place: int, letter: str) -> None:
        """Record an attempt at one problem, and its time once it is done."""
        answer = self.answers[place]
        answer.give(letter)
        if answer.done and answer.item.id not in self._times("took"):
            took = {**self._times("took"), answer.item.id: SECONDS_EACH - self.seconds_left(place)}
            self._put(took=took)
        self.earn()

    def seconds_left(self, place: int) -> float:
        """What is left of the two minutes of one problem; negative when they are over."""
        name = self.answers[place].item.id
        took = self._times("took").get(name)
        if took is None:
            took = time.time() - self._times("shown").get(name, time.time())
        return SECONDS_EACH - float(took)

    def took(self, place: int) -> float | None:
        """Seconds that a problem done in the panel took."""
        return self._times("took").get(self.answers[place].item.id)

    def earn(self) -> str | None:
        """The day on which the badge was earned, today where that is now; None without it."""
        if not all(answer.counts for answer in self.answers):
            return None
        day = self._progress.get("badge", self.prefix).get("day") or time.strftime("%Y-%m-%d")
        if not self._progress.get("badge", self.prefix):
            self._progress.put("badge", self.prefix, {"earned": True, "day": day})
        return str(day)

    @property
    def next(self) -> int | None:
        """The first problem that is not done, None when all are."""
        return next((n for n, answer in enumerate(self.answers) if not answer.done), None)

    def results(self) -> str:
        """All problems in a table, in Markdown."""
        rows = [
            quiz_messages.challenge_row(answer.item.title, answer.right, answer.tried, took)
            for answer, took in zip(
                self.answers, map(self.took, range(len(self.answers))), strict=True
            )
        ]
        return "\n".join(["| problem | | attempts | time |", "| :-- | :-- | :-- | --: |", *rows])


class ChallengePanel:
    """The panel: one problem at a time with its clock; below it, results and badge that stay."""

    def __init__(self, run: Challenge) -> None:
        self.run = run
        self.place: int | None = None
        self._panel: Any = None
        self._results, self._badge = MarkdownText(), MarkdownText()

    def show(self) -> None:
        """Show the panel at its start, and what earlier runs have left."""
        from grader.lab.page.panels import Panel

        items = [asked_of(answer.item, body=True) for answer in self.run.answers]
        asked = {"title": quiz_messages.challenge_title(self.run.prefix), "items": items}
        self._panel = Panel("quiz.js", asked, self.state())
        self._panel.hear(self.press)
        self._panel.show()
        self._results.show(self._results_so_far())
        self._badge.show_drawing(self._drawing())

    def press(self, content: dict[str, Any]) -> None:
        """Answer what the page sends: Start, Check or Next."""
        chosen = str(content.get("choice", ""))
        match content.get("press"):
            case "start":
                self.run.start()
                self._go(self.run.next or 0)
                chosen = ""
            case "next":
                self._go(None if self.place is None else self.place + 1)
                chosen = ""
            case "check" if self.place is not None and self._at.item.option(chosen):
                self.run.give(self.place, chosen)
                self._results.rewrite(self._results_so_far())
                self._badge.rewrite_drawing(self._drawing())
        self._panel.state = self.state(chosen)

    @property
    def _at(self) -> ItemRecord:
        return self.run.answers[self.place or 0]

    def _go(self, place: int | None) -> None:
        self.place = place if place is not None and place < len(self.run.answers) else None
        if self.place is not None:
            self.run.look_at(self.place)

    def _results_so_far(self) -> str:
        return self.run.results() if any(answer.tried for answer in self.run.answers) else ""

    def _drawing(self) -> Any:
        day = self.run.earn()
        return badge(self.run.prefix, len(self.run.answers), day) if day else None

    def state(self, chosen: str = "") -> dict[str, Any]:
        """What the page draws now; `at` is -1 before the start and after the end."""
        count = len(self.run.answers)
        if self.place is None:
            words, start = quiz_messages.challenge_door(
                count,
                SECONDS_EACH / 60,
                self.run.next,
                earned=self.run.earn() is not None,
                has_keys=self.run.has_keys,
            )
            return {"at": -1, "words": words, "start": start}
        answer, last = self._at, self.place + 1 == count
        running = not answer.done
        return {
            "at": self.place,
            "count": f"{self.place + 1} of {count}",
            "clock": {"seconds_left": self.run.seconds_left(self.place), "running": running},
            "next": ("Finish" if last else "Next") if answer.done else "",
            "item": {
                **state_of(answer, chosen=chosen, hints=False),
                "said": _said(answer),
            },
        }


def _said(answer: ItemRecord) -> str:
    """What stands under a problem after an attempt; once it is done, all reasons."""
    said = answer.verdict(hint=False, all_options=answer.done)
    if answer.right is False and answer.done:
        said += f"\n\n{answer.item.explanation}\n\n{answer.every_why()}"
    return said


def notes(item: Item, letter: str, checked: Unit, progress: UnitProgress) -> list[str]:
    """Count an attempt in a problem's own cell; say which it was, the time, and the badge."""
    prefix = series(item.id).removesuffix(f"-{CHALLENGE}")
    run = Challenge(prefix, in_order(checked.quiz.values(), CHALLENGE, prefix), progress)
    tried = ItemRecord(item, progress).give(letter)
    said = quiz_messages.challenge_attempt(tried, ATTEMPTS_COUNTED)
    if run.started is not None:
        elapsed = max(time.time() - run.started, 0.0)
        said += f"; {quiz_messages.challenge_time(elapsed, SECONDS_EACH * len(run.answers))}"
    return [said, quiz_messages.badge(prefix)] if run.earn() else [said]
