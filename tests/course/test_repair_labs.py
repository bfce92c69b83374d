"""Every unit's repair lab writes the cell that is graded: the scaffold, and a good repair of it."""

import ast
import itertools
from typing import Any

import pytest
import torch
from torch import nn

from grader.classroom.publish.lesson_parser import read_lesson
from grader.classroom.publish.notebook_builder import BEGIN
from grader.core.judgement import judge
from grader.core.verdicts import Outcome
from grader.lab import data, metrics
from grader.lab.repair.scaffolds import Scaffold
from grader.referee.preparation import rules
from grader.referee.question_bank import Question
from grader.wire.perform import Performer
from tests.course.conftest import QUESTIONS
from tests.course.lessons import SOLUTIONS, names
from tests.course.test_repairs import prepared

# The lesson's own repairs, as somebody sets them in the lab.
GOOD: dict[str, dict[str, Any]] = {
    "rnn-repair": {
        "hidden": 24,
        "drop_in": "0.4",
        "drop_out": 0.2,
        "epochs": 60,
        "lr": 5e-3,
        "batch_size": 32,
        "patience": 15,
    },
    "gru-repair": {
        "hidden": 24,
        "layers": 1,
        "drop_in": 0.5,
        "drop_out": 0.3,
        "epochs": 50,
        "lr": 1e-2,
        "batch_size": 32,
        "patience": "10",
    },
    "birnn-repair": {
        "hidden": 48,
        "both": True,
        "drop_in": 0.5,
        "drop_out": 0.5,
        "epochs": 10,
        "batch_size": 192,
        "weight_decay": 5e-5,
    },
    "packing-repair": {
        "hidden": 48,
        "both": True,
        "packed": True,
        "read": "mean over valid steps",
        "drop_in": 0.3,
        "drop_out": 0.5,
        "epochs": 40,
        "lr": 5e-3,
        "batch_size": 32,
        "patience": 6,
        "label_smoothing": 0.1,
        "clip": "",
    },
    "text-repair": {"drop_in": 0.4, "drop_out": 0.4, "weight_decay": 1e-4, "patience": 3},
}
# What the form leaves to be found: the code that it gives, and the lesson's in its place.
OWN = {
    "birnn-repair": (
        "torch.cat([h_n[-2], h_n[-1]], dim=1)",
        "output[torch.arange(len(x), device=x.device), (x == BLANK).int().argmax(dim=1)]",
    ),
}


def scaffold_of(repair: Question) -> Scaffold:
    """What a unit's lab is made of."""
    return Scaffold.from_json(repair.module.LAYER, rules(repair).lab)


def unit_of(repair: Question) -> str:
    return repair.path.parents[1].name


def test_the_lab_begins_with_the_lessons_own_cell(repair: Question) -> None:
    scaffold = scaffold_of(repair)
    cells = read_lesson(SOLUTIONS / unit_of(repair) / "lesson.py")
    source = next(c.source for c in cells if c.form == "answer" and c.name == repair.id)
    given = ast.parse(source.partition(BEGIN)[0])
    assert ast.unparse(ast.parse(scaffold.code(scaffold.start))) == ast.unparse(given)


def test_a_good_choice_gives_the_lessons_own_repair(our_repair: Question) -> None:
    """The same settings, weights from the same seed, answers and dropout."""
    scaffold = scaffold_of(our_repair)
    solved = names(unit_of(our_repair), "Repaired", "build_model", "settings", "train_model")
    made = dict(solved)
    code = scaffold.code(scaffold.chosen(GOOD[our_repair.id]))
    if our_repair.id in OWN:
        given, found_by_learner = OWN[our_repair.id]
        assert code.count(given) == 1
        code = code.replace(given, found_by_learner)
    exec(code, made)  # noqa: S102  our own text
    assert made["settings"] == solved["settings"]
    rows = data.load(our_repair.module.DATA).val.rows(torch.arange(40))
    logits, dropped = [], []
    for found in (solved, made):
        torch.manual_seed(0)
        model = found["build_model"]()
        logits.append(metrics.logits(model, rows))
        drops = [layer for layer in model.modules() if isinstance(layer, nn.Dropout)]
        dropped.append(sorted({layer.p for layer in drops}))
    torch.testing.assert_close(logits[0], logits[1])
    assert dropped[0] == dropped[1]


def test_every_network_that_can_be_chosen_runs(our_repair: Question) -> None:
    scaffold = scaffold_of(our_repair)
    found = names(unit_of(our_repair))
    rows = data.load(our_repair.module.DATA).val.rows(torch.arange(8))
    tried = set()
    for read, both, packed, layers in itertools.product(
        scaffold.reads, (False, True), (False, True), (1, 3)
    ):
        chosen = scaffold.chosen(
            {
                "read": read,
                "both": both,
                "packed": packed,
                "layers": layers,
                "hidden": 8,
                "drop_in": 0.1,
                "drop_between": 0.1,
                "drop_out": 0.1,
            }
        )
        code = scaffold.code(chosen)
        if code in tried:
            continue
        tried.add(code)
        exec(code, found)  # noqa: S102
        logits = metrics.logits(found["build_model"](), rows)
        assert logits.shape[0] == 8
        assert torch.isfinite(logits).all()
    assert len(tried) >= 2 * len(scaffold.reads)


@pytest.mark.slow
def test_the_cell_of_a_good_choice_passes_the_check() -> None:
    """As it is graded. One unit: in the others the cell is the reference's, see above."""
    repair = next(question for question in QUESTIONS if question.id == "rnn-repair")
    scaffold = scaffold_of(repair)
    found = names(unit_of(repair))
    exec(scaffold.code(scaffold.chosen(GOOD[repair.id])), found)  # noqa: S102
    verdict = judge(prepared(repair), Performer(found["train_model"]).perform)
    assert verdict.outcome is Outcome.PASSED, verdict.message
