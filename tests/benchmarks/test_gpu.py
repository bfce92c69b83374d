"""The GPU's evidence: what can be checked of the script without a GPU, and the devices with one."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import gpu
from benchmarks.gpu import CPU, CUDA, Load, Trial
from benchmarks.trials import REFERENCE, ROOT, Row, find_questions

ROW = Row(Path("rnn-repair.py"), REFERENCE, "reference", 0)
CARD = {"train": 90.0, "val": 88.0, "hidden": 87.5}


def trial(
    seconds: float = 1.0, *, passed: bool = True, on_cpu: dict[str, float] | None = None
) -> Trial:
    return Trial(seconds, passed, CARD, True, on_cpu or CARD, 900.0)


def test_without_a_gpu_it_says_so_and_leaves_the_page_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    before = gpu.PAGE.read_text() if gpu.PAGE.is_file() else None
    assert gpu.main([]) == 2
    assert "no CUDA device" in capsys.readouterr().err
    assert (gpu.PAGE.read_text() if gpu.PAGE.is_file() else None) == before


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"train": 90.0, "val": 88.2, "hidden": 87.5}, True),
        ({"train": 90.0, "val": 88.6, "hidden": 87.5}, False),
        ({"train": 90.0, "val": 88.0}, False),
    ],
)
def test_score_cards_agree_but_for_rounding(other: dict[str, float], same: Any) -> None:
    assert gpu.agree(CARD, other) is same


def test_perplexities_are_compared_by_their_size() -> None:
    assert gpu.agree({"val": 240.0}, {"val": 241.0})
    assert not gpu.agree({"val": 240.0}, {"val": 250.0})


def test_the_table_and_the_conclusion_count_what_failed() -> None:
    other = {**CARD, "val": 80.0}
    on_gpu = {ROW: [trial(), trial(3.0, passed=False), trial(2.0, on_cpu=other)]}
    on_cpu = {ROW: [trial(4.0), trial(4.0), trial(4.0)]}
    assert "| rnn-repair | reference | 2 of 3 | 3 of 3 | 2.00 | 4.00 | 2.00 | 2 of 3 |" in (
        gpu.table(on_gpu, on_cpu)
    )
    told = gpu.conclusion(on_gpu, on_cpu, [Load(1, 6.0, 900.0)])
    assert told == {"trainings": 3, "held": 2, "agree": 1, "cpu_over_gpu": 2.0, "side_by_side": 1}
    json.dumps(told)


def test_as_many_side_by_side_as_pay() -> None:
    loads = [Load(1, 10.0, 900.0), Load(2, 11.0, 1800.0), Load(4, 21.5, 3600.0)]
    assert gpu.best(loads).processes == 2
    assert "| 2 | 10.9 | 1,800 |" in gpu.page("a machine", "the table", loads)


def test_what_does_not_fit_ends_the_trial_of_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_pool", lambda size, _: ThreadPoolExecutor(size))
    monkeypatch.setattr(gpu, "_warm", lambda _: None)

    def full(_: Row, number: int, __: str) -> Trial:
        if number >= 1:
            message = "CUDA out of memory"
            raise torch.OutOfMemoryError(message)
        return trial()

    loads = gpu.side_by_side(ROW, CPU, (1, 2, 4), full)
    assert [load.processes for load in loads] == [1]


@pytest.mark.gpu
@pytest.mark.slow
@pytest.mark.parametrize("unit", [p.name for p in sorted((ROOT / "solutions").glob("0[1-9]_*"))])
def test_equal_weights_get_the_same_verdict_on_both_devices(unit: str) -> None:
    """Trained on the GPU, judged there and on the CPU: a row may differ, a verdict may not."""
    for path in find_questions([unit])[unit]:
        made = gpu.train(Row(path, REFERENCE, "reference", 0), 0, CUDA)
        assert made.passed
        assert made.passed_on_cpu
        assert gpu.agree(made.medians, made.medians_on_cpu)
