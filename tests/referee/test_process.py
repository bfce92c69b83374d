"""A reference trains once for a class: its score card is kept, and measured anew where damaged."""

import json
from pathlib import Path

import pytest

from grader.core.question import PreparedQuestion, RepairQuestion
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.referee import preparation, process

MEDIANS = {"train": 90.0, "val": 87.0}


def test_a_kept_card_trains_nothing_and_one_of_another_form_is_measured_anew(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = []

    def judge(question: PreparedQuestion, _ask: object) -> Verdict:
        trained.append(question.id)
        return rule(question, Outcome.PASSED, "Words.", details={"median": MEDIANS})

    monkeypatch.setattr(preparation, "judge", judge)
    sources = process.ReferencePaths(root / "solutions", root / "data", tmp_path, "secret", "cpu")

    def repair() -> dict[str, float]:
        prepared = process._repairs(sources, "01_rnn")["rnn-repair"]
        assert isinstance(prepared, RepairQuestion)
        return prepared.repair.reference

    assert repair() == repair() == MEDIANS
    assert trained == ["rnn-repair"]
    (card,) = tmp_path.glob("*.json")
    kept = card.read_text(encoding="utf-8")
    for damaged in (json.dumps(MEDIANS), kept[:9]):
        card.write_text(damaged, encoding="utf-8")
        assert repair() == MEDIANS
        assert card.read_text(encoding="utf-8") == kept
    assert len(trained) == 3
