"""A verdict as text and as a card says the same, and nothing in it becomes a tag."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from grader.core.verdicts import Outcome, Verdict
from grader.lab import cards, frontend
from grader.lab.svg import drawing

SCORES = {"train": 91.25, "val": 85.0, "hidden": 84.96, "learnt_by_heart": 12.0}


def verdict(outcome: Outcome = Outcome.WRONG, message: str = "No.", **details: Any) -> Verdict:
    points = 2.0 if outcome is Outcome.PASSED else 0.0
    return Verdict("rnn-step", outcome, points, 2.0, message, details=details)


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        (Outcome.PASSED, "✔ rnn-step: passed (2 of 2 points)"),
        (Outcome.WRONG, "✘ rnn-step: wrong (0 of 2 points)"),
        (Outcome.BROKEN, "✘ rnn-step: broken (0 of 2 points)"),
        (Outcome.NOT_ATTEMPTED, "○ rnn-step: not attempted (0 of 2 points)"),
    ],
)
def test_a_mark_and_words_say_how_it_ended(outcome: Outcome, heading: str) -> None:
    assert cards.verdict_text(verdict(outcome), ["A note."]).splitlines() == [
        heading,
        "No.",
        "A note.",
    ]
    assert f"<strong>{heading}</strong>" in cards.verdict_html(verdict(outcome), [])


def test_a_learners_words_stay_words_and_code_becomes_code() -> None:
    said = verdict(message="`x < 3` & <script>alert(1)</script>")
    card = cards.verdict_html(said, ["<b>`a&b`</b>"])
    assert "<code>x &lt; 3</code> &amp; &lt;script&gt;" in card
    assert "<em>&lt;b&gt;<code>a&amp;b</code>&lt;/b&gt;</em>" in card
    tags = {element.tag for element in ET.fromstring(card).iter()}  # noqa: S314 - ours
    assert tags == {"div", "strong", "code", "em"}


def test_a_score_card_has_a_row_for_each_draw_the_median_and_the_reference() -> None:
    rows = cards.score_rows(verdict(draws=[SCORES, SCORES], median=SCORES, reference={"val": 88.0}))
    assert [row[0] for row in rows] == ["", "data set 1", "data set 2", "median", "reference"]
    assert rows[1][1:] == ("91.2", "85.0", "85.0", "12.0")
    assert rows[-1][1:] == ("–", "88.0", "–", "–")
    text = cards.verdict_text(verdict(draws=[SCORES]), [])
    heading, numbers = text.splitlines()[2:]
    assert heading.endswith("unseen %  wrong labels learnt %")
    assert len(numbers) == len(heading)
    assert cards.verdict_html(verdict(draws=[SCORES]), []).count("<th>") == 5


def test_a_data_set_that_was_not_needed_has_a_row_that_says_so_and_no_median_is_shown() -> None:
    between = {name: [score, score] for name, score in SCORES.items()}
    told = verdict(draws=[SCORES, SCORES], of_draws=3, between=between, reference={"val": 88.0})
    rows = cards.score_rows(told)
    assert [row[0] for row in rows] == ["", "data set 1", "data set 2", "data set 3", "reference"]
    assert rows[3][1:] == ("not needed", "", "", "")
    assert rows[4][2] == "88.0"
    heading, *lines = cards.verdict_text(told, []).splitlines()[2:]
    assert {len(line) for line in lines} == {len(heading)}


def test_one_draw_is_its_own_median_and_a_function_has_no_card() -> None:
    assert [row[0] for row in cards.score_rows(verdict(draws=[SCORES], median=SCORES))] == (
        ["", "data set 1"]
    )
    assert cards.score_rows(verdict()) == []
    assert "<table" not in cards.verdict_html(verdict(), [])


def test_a_language_model_is_shown_beside_the_bigram_model() -> None:
    scores = {"train": 5, "val": 6, "hidden": 7, "bigram_val": 8, "bigram_hidden": 9}
    rows = cards.score_rows(verdict(draws=[scores], metric="perplexity"))
    assert rows == [
        ("perplexity", "training", "validation", "unseen", "bigram, unseen"),
        ("data set 1", "5.0", "6.0", "7.0", "9.0"),
    ]


def test_without_a_notebook_words_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    cards.say("**bold**")
    cards.show_verdict(verdict(), ["Note."])
    assert capsys.readouterr().out == ("**bold**\n✘ rnn-step: wrong (0 of 2 points)\nNo.\nNote.\n")


def test_a_text_is_rewritten_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []

    class Handle:
        def update(self, content: dict[str, str], *, raw: bool) -> None:
            assert raw
            shown.append(content)

    def show(content: dict[str, str], *, raw: bool) -> Handle:
        Handle().update(content, raw=raw)
        return Handle()

    monkeypatch.setattr(frontend, "show", show)
    place = cards.MarkdownText()
    place.show("")
    place.rewrite("*Right.*")
    place.rewrite_drawing(drawing(10, 10, "A badge", []))
    place.rewrite_drawing(None)
    assert [content.get("text/markdown") for content in shown] == ["", "*Right.*", None, ""]
    assert shown[2]["text/plain"] == "A badge"
    assert shown[2]["text/html"].startswith("<svg")
