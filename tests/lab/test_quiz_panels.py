"""Panels are a view of the record: what is pressed there is what a cell would have recorded."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import lab
from grader.core import quiz_messages
from grader.core.quiz import Item, Option
from grader.lab import frontend
from grader.lab.page.panels import Panel
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz import record
from grader.lab.quiz.record import ItemRecord

Record = Callable[[], dict[str, dict[str, dict[str, Any]]]]


class Page:
    """What the notebook's page holds: the last panel, and the outputs by the order they came."""

    def __init__(self) -> None:
        self.panels: list[Panel] = []
        self.outputs: list[dict[str, str]] = []

    def show(self, bundle: dict[str, str], *, raw: bool) -> Any:
        """Keep an output; the handle rewrites it."""
        assert raw
        self.outputs.append(bundle)
        return Handle(self.outputs, len(self.outputs) - 1)

    def press(self, press: str, choice: str = "") -> None:
        """Send what the page's script sends."""
        panel = self.panels[-1]
        panel._handle_custom_msg({"press": press, "choice": choice}, [])

    @property
    def state(self) -> dict[str, Any]:
        """What the script draws now."""
        state: dict[str, Any] = self.panels[-1].state
        return state

    def words(self) -> str:
        """What stays in the notebook."""
        return "\n".join(output.get("text/markdown", "") for output in self.outputs)


class Handle:
    """What `display(..., display_id=True)` gives."""

    def __init__(self, outputs: list[dict[str, str]], place: int) -> None:
        self.outputs, self.place = outputs, place

    def update(self, bundle: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.outputs[self.place] = bundle


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page with somebody who can click."""
    page = Page()
    made = Panel.__init__

    def remember(self: Panel, *given: Any) -> None:
        made(self, *given)
        page.panels.append(self)

    monkeypatch.setattr(Panel, "__init__", remember)
    monkeypatch.setattr(frontend, "has_panels", lambda: True)
    monkeypatch.setattr(frontend, "can_show", lambda: True)
    monkeypatch.setattr(frontend, "show", page.show)
    yield page
    for panel in page.panels:
        panel.close()


def test_a_click_records_what_the_cell_would(folder: Path, page: Page, record: Record) -> None:
    lab.answer("toy-practice-1", "")
    assert page.words().strip() == ""
    page.press("check", "a")
    assert page.state["item"]["marks"] == {"a": "wrong"}
    assert "why a" in page.words()
    assert "whole story" not in page.words()
    page.press("check", "b")
    assert record()["item"]["toy-practice-1"] == {"attempts": 2, "choice": "b", "right_at": 2}
    assert page.state["item"]["status"] == "✔ right, 2 attempts"
    for words in ("whole story", "why a", "why b", "why c"):
        assert words in page.words()


def test_the_panel_is_rebuilt_from_the_record(folder: Path, page: Page) -> None:
    """After a restart the cell may be empty still; what was clicked is not lost."""
    lab.answer("toy-practice-1", "")
    page.press("check", "c")
    page.outputs.clear()
    lab.answer("toy-practice-1", "")
    assert page.state["item"]["choice"] == "c"
    assert "why c" in page.words()


def test_hints_open_one_by_one_and_the_last_leaves_two_choices(folder: Path, page: Page) -> None:
    lab.answer("toy-practice-1", "")
    assert page.state["item"]["hint_label"] == "Hint 1 of 2"
    page.press("hint")
    assert page.state["item"]["hints"] == ["**Hint 1 of 2.** a hint"]
    page.press("hint", "c")
    assert page.state["item"]["marks"] == {"a": "ruled out"}
    assert page.state["item"]["choice"] == "c"
    assert page.state["item"]["hints_left"] == 0
    page.press("hint")
    assert len(page.state["item"]["hints"]) == 2


def test_a_prediction_marks_nothing_until_it_is_revealed(folder: Path, page: Page) -> None:
    lab.answer("toy-predict-1", "")
    assert page.state["item"]["check"] == quiz_messages.NOTE_GUESS
    for letter in "ab":
        page.press("check", letter)
        assert page.state["item"]["marks"] == {}
        assert page.state["item"]["status"] == "noted"
        assert quiz_messages.guess_noted(letter) in page.words()
    page.press("hint")
    assert page.state["item"]["hints_left"] == 0  # ruling choices out would tell
    lab.reveal("toy-predict-1")
    lab.answer("toy-predict-1", "b")
    assert page.state["item"]["check"] == quiz_messages.CHECK
    assert page.state["item"]["marks"] == {"b": "right"}


def test_a_button_opens_the_next_hint_and_the_cell_keeps_the_number(
    folder: Path, page: Page, record: Record
) -> None:
    lab.hint("toy-double", 0)
    assert page.state == {"said": "0 of 2 open", "open": "Open hint 1 of 2", "record": None}
    assert page.words().strip() == ""
    page.press("hint")
    assert "Hint 1 of 2" in page.words()
    assert "Hint 2 of 2" not in page.words()
    written = page.state["record"]
    for source in ('lab.hint("toy-double", 0)  # two hints', 'lab.hint("toy-double")'):
        made = re.sub(written["pattern"], written["line"], source)
        assert made == source.replace(", 0)", ")").replace(")", ", 1)")
    assert not re.search(written["pattern"], 'lab.hint("toy-double-2", 0)')
    page.press("hint")
    page.press("hint")
    assert page.state["open"] == ""
    assert page.words().count("**Hint") == 2
    assert record()["hint"]["toy-double"] == {"opened": 2}


def test_a_cell_may_open_an_items_hints_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.hint("toy-practice-1", 2)
    assert "It is not **a**. why a" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("practice", 'lab.answer("x-practice-1", "")'),
        ("practice", 'lab.answer("x-practice-1",  "d")  # mine'),
        ("challenge", 'x_challenge_1 = ""  # "a", "b" or "c"'),
    ],
)
def test_the_record_finds_its_cell_and_runs(kind: str, source: str) -> None:
    """The pattern is one that Python and JavaScript read alike."""
    options = tuple(Option(key, key, key) for key in "abc")
    item = Item(f"x-{kind}-1", kind, "easy", "?", options, "b", "h", "e")
    line = record.record_of(item, "b")
    written = re.sub(line["pattern"], line["line"], source, flags=re.MULTILINE)
    assert line["line"] in written
    assert written.endswith(source.partition("#")[2])
    compile(written, "cell", "exec")


def test_without_a_key_nothing_is_ruled_out(folder: Path, tmp_path: Path) -> None:
    item = Item("x-practice-1", "practice", "easy", "?", (), None, "h", "")
    assert record.hints_of(item) == ("h",)
    assert ItemRecord(item, UnitProgress(tmp_path)).right is None


def test_a_challenge_shows_its_clock_and_ends_in_a_badge(
    folder: Path, page: Page, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    lab.challenge("toy")
    assert page.state["at"] == -1
    assert not (folder / "progress.json").exists()
    page.press("start")
    assert page.state["clock"] == {"seconds_left": 120.0, "running": True}
    monkeypatch.setattr(time, "time", lambda: 1130.0)
    page.press("check", "a")
    assert page.state["clock"]["seconds_left"] == -10.0
    assert page.state["next"] == ""
    assert page.state["item"]["record"]["line"] == 'toy_challenge_1 = "a"'
    page.press("check", "b")
    assert page.state["clock"]["running"] is False
    assert "whole story" in page.state["item"]["said"]
    assert record()["badge"]["toy"]["earned"] is True
    assert "| Challenge 1 | ✔ right | 2 | 2:10 |" in page.words()
    drawn = page.outputs[-1]
    assert "TOY mastery" in drawn["text/plain"]
    assert drawn["text/html"].startswith("<svg")
    assert page.state["next"] == "Finish"
    page.press("next")
    assert page.state["at"] == -1
    assert "badge below" in page.state["words"]


def test_a_third_attempt_earns_no_badge_in_the_panel_either(folder: Path, page: Page) -> None:
    lab.challenge("toy")
    page.press("start")
    for letter in "acb":
        page.press("check", letter)
    assert page.outputs[-1] == {"text/markdown": "", "text/plain": ""}
    page.press("next")
    assert "no badge this time" in page.state["words"]


def test_going_on_later_gives_a_fresh_clock(
    folder: Path, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    lab.challenge("toy")
    page.press("start")
    monkeypatch.setattr(time, "time", lambda: 9000.0)
    lab.challenge("toy")
    page.press("start")
    assert page.state["clock"]["seconds_left"] == 120.0
