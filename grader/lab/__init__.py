"""What a notebook imports: `from grader import lab`, then `lab.load`, `lab.fit`, `lab.check` ...

Names are imported when they are first used, so that this import is quick and needs no torch. No
module carries the name of a function, because importing a submodule sets an attribute here.
"""

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.lab.checks import CheckFailed as CheckFailed
    from grader.lab.checks import check as check
    from grader.lab.course_overview import course_map as course_map
    from grader.lab.data import DataSet as DataSet
    from grader.lab.data import draw as draw
    from grader.lab.data import load as load
    from grader.lab.data import recipe as recipe
    from grader.lab.example_files import write_example as write_example
    from grader.lab.guess_panel import guess as guess
    from grader.lab.metrics import accuracy as accuracy
    from grader.lab.metrics import learnt_by_heart as learnt_by_heart
    from grader.lab.metrics import logits as logits
    from grader.lab.ngram_models import ngram_surprises as ngram_surprises
    from grader.lab.own_sequences import Sequences as Sequences
    from grader.lab.own_sequences import read_sequences as read_sequences
    from grader.lab.own_text import Text as Text
    from grader.lab.own_text import read_text as read_text
    from grader.lab.playground.cell_panel import play as play
    from grader.lab.playground.generation_panel import generate as generate
    from grader.lab.playground.walk_panel import walk as walk
    from grader.lab.quiz.challenges import challenge as challenge
    from grader.lab.quiz.door_quiz import door as door
    from grader.lab.quiz.hints import hint as hint
    from grader.lab.quiz.items import answer as answer
    from grader.lab.quiz.predictions import reveal as reveal
    from grader.lab.repair.repair_panel import repair_lab as repair_lab
    from grader.lab.seeding import seed as seed
    from grader.lab.sound import listen as listen
    from grader.lab.training import fit as fit
    from grader.lab.training_history import Epoch as Epoch
    from grader.lab.training_history import History as History
    from grader.lab.training_plot import LossPlot as LossPlot
    from grader.lab.views.backward_steps import show_backpropagation as show_backpropagation
    from grader.lab.views.class_examples import show_sequences as show_sequences
    from grader.lab.views.confusion_matrix import show_confusion as show_confusion
    from grader.lab.views.frame_squares import show_calls as show_calls
    from grader.lab.views.gate_heatmap import show_gates as show_gates
    from grader.lab.views.gru_cell import show_gru_cell as show_gru_cell
    from grader.lab.views.likely_words import show_likely as show_likely
    from grader.lab.views.line_chart import show_by_step as show_by_step
    from grader.lab.views.memorised_labels import show_memorised as show_memorised
    from grader.lab.views.number_rows import show_numbers as show_numbers
    from grader.lab.views.packing_trace import show_packing_trace as show_packing_trace
    from grader.lab.views.padded_batch import show_packed as show_packed
    from grader.lab.views.padded_batch import show_padded as show_padded
    from grader.lab.views.perplexity_curves import show_perplexity as show_perplexity
    from grader.lab.views.readings import show_clips as show_clips
    from grader.lab.views.readings import show_heaps as show_heaps
    from grader.lab.views.run_comparison import compare as compare
    from grader.lab.views.shifted_targets import show_shifted as show_shifted
    from grader.lab.views.shutter_readings import show_shutter as show_shutter
    from grader.lab.views.states import show_gradient_by_step as show_gradient_by_step
    from grader.lab.views.states import show_trajectory as show_trajectory
    from grader.lab.views.text_trace import show_text_trace as show_text_trace
    from grader.lab.views.two_directions import show_state_map as show_state_map
    from grader.lab.views.two_directions import show_two_directions as show_two_directions
    from grader.lab.views.unrolled_layer import show_unrolled as show_unrolled
    from grader.lab.views.wire_readings import show_wires as show_wires
    from grader.wire.splits import Split as Split

_HOMES = {
    "grader.lab.checks": ("CheckFailed", "check"),
    "grader.lab.course_overview": ("course_map",),
    "grader.lab.data": ("DataSet", "draw", "load", "recipe"),
    "grader.lab.example_files": ("write_example",),
    "grader.lab.guess_panel": ("guess",),
    "grader.lab.metrics": ("accuracy", "learnt_by_heart", "logits"),
    "grader.lab.ngram_models": ("ngram_surprises",),
    "grader.lab.own_sequences": ("Sequences", "read_sequences"),
    "grader.lab.own_text": ("Text", "read_text"),
    "grader.lab.playground.cell_panel": ("play",),
    "grader.lab.playground.generation_panel": ("generate",),
    "grader.lab.playground.walk_panel": ("walk",),
    "grader.lab.quiz.challenges": ("challenge",),
    "grader.lab.quiz.door_quiz": ("door",),
    "grader.lab.quiz.hints": ("hint",),
    "grader.lab.quiz.items": ("answer",),
    "grader.lab.quiz.predictions": ("reveal",),
    "grader.lab.repair.repair_panel": ("repair_lab",),
    "grader.lab.seeding": ("seed",),
    "grader.lab.sound": ("listen",),
    "grader.lab.training": ("fit",),
    "grader.lab.training_history": ("Epoch", "History"),
    "grader.lab.training_plot": ("LossPlot",),
    "grader.lab.views.backward_steps": ("show_backpropagation",),
    "grader.lab.views.class_examples": ("show_sequences",),
    "grader.lab.views.confusion_matrix": ("show_confusion",),
    "grader.lab.views.frame_squares": ("show_calls",),
    "grader.lab.views.gate_heatmap": ("show_gates",),
    "grader.lab.views.gru_cell": ("show_gru_cell",),
    "grader.lab.views.likely_words": ("show_likely",),
    "grader.lab.views.line_chart": ("show_by_step",),
    "grader.lab.views.memorised_labels": ("show_memorised",),
    "grader.lab.views.number_rows": ("show_numbers",),
    "grader.lab.views.packing_trace": ("show_packing_trace",),
    "grader.lab.views.padded_batch": ("show_packed", "show_padded"),
    "grader.lab.views.perplexity_curves": ("show_perplexity",),
    "grader.lab.views.readings": ("show_clips", "show_heaps"),
    "grader.lab.views.run_comparison": ("compare",),
    "grader.lab.views.shifted_targets": ("show_shifted",),
    "grader.lab.views.shutter_readings": ("show_shutter",),
    "grader.lab.views.states": ("show_gradient_by_step", "show_trajectory"),
    "grader.lab.views.text_trace": ("show_text_trace",),
    "grader.lab.views.two_directions": ("show_state_map", "show_two_directions"),
    "grader.lab.views.unrolled_layer": ("show_unrolled",),
    "grader.lab.views.wire_readings": ("show_wires",),
    "grader.wire.splits": ("Split",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605  the table above is the list


def __getattr__(name: str) -> Any:
    """Import a public name's module on first use."""
    if name not in _HOME:
        message = f"lab has no {name!r}. It has: {', '.join(__all__)}."
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Offer the public names on Tab."""
    return list(__all__)


if "IPython" in sys.modules:
    from grader.lab import notebook_context, validation_run

    notebook_context.watch()
    validation_run.pass_over_demonstrations()
