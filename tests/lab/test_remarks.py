"""What a choice in the repair lab does not do is said before it is trained."""

from typing import Any

import pytest

from grader.lab.repair import remarks
from grader.lab.repair.recipe_choice import RecipeChoice
from grader.lab.repair.remarks import FINAL_STATE, LAST_COLUMN

CHOICE = RecipeChoice(patience=None, drop_in=0.0, drop_between=0.0)


def said(*, packs: bool = False, embeds: bool = False, **change: Any) -> list[str]:
    return remarks.about(RecipeChoice(**(CHOICE.to_json() | change)), packs=packs, embeds=embeds)


def test_of_a_choice_that_does_all_it_says_nothing_is_said() -> None:
    assert said() == []
    assert said(packs=True, packed=True, both=True, read=FINAL_STATE) == []
    assert said(layers=2, drop_between=0.3) == []
    assert said(patience=9, epochs=10) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layers": 1, "drop_between": 0.3}, "Dropout between layers (0.3) does nothing here"),
        ({"patience": 10, "epochs": 10}, "Patience 10 cannot run out in 10 epochs"),
        ({"packs": True, "packed": True, "read": LAST_COLUMN}, "The last column is padding"),
        ({"packs": True, "both": True, "read": LAST_COLUMN}, "has read one step"),
        ({"packs": True, "read": FINAL_STATE}, "Without packing the final state has read"),
        ({"packs": True, "both": True}, "begins its reading in the padding"),
        ({"embeds": True, "drop_in": 0.2}, "after the embedding"),
    ],
)
def test_each_idle_setting_has_its_one_sentence(change: dict[str, Any], words: str) -> None:
    (only,) = said(**change)
    assert words in only


def test_padding_is_spoken_of_where_the_data_has_lengths() -> None:
    assert said(packed=True, both=True, read=LAST_COLUMN) == []
    assert said(drop_in=0.2) == []


def test_remarks_come_together_in_one_order() -> None:
    found = said(packs=True, embeds=True, drop_between=0.1, drop_in=0.1, patience=99, epochs=9)
    assert [line.partition(" ")[0] for line in found] == ["Dropout", "Patience", "Dropout"]
