"""`repair_lab`: choose a recipe, train it for real, compare runs, take it over as code.

The page's script (`page/repair.js`) holds the form; here a press becomes a run. A press arrives on
a thread of its own, so Train is handed to the kernel's main thread: there it is as synchronous as a
cell, ■ reaches it, and Stop, on another thread, does too. Nothing is printed. Picture, table and
code are ordinary outputs that stay in the notebook.
"""

import html
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.core import messages, unit_file
from grader.core.errors import GraderError
from grader.core.metrics import PERPLEXITY
from grader.core.question import RepairQuestion
from grader.lab import curves, data, frontend, interrupts
from grader.lab.cards import say
from grader.lab.curves import CurveMetric, CurveOptions
from grader.lab.progress_file import UnitProgress
from grader.lab.repair import table
from grader.lab.repair.recipe_choice import RecipeChoice
from grader.lab.repair.scaffolds import Scaffold
from grader.lab.repair.table import Run
from grader.lab.training_plot import LossPlot
from grader.lab.training_settings import form_groups

KEPT_RUNS = 12
_RECORD = "repair lab"


def repair_lab(question_id: str) -> None:
    """Show the lab of a repair question: a recipe's form, its curves, its runs and its code.

    The cells above must have run: the recipe uses what they define. In a graded run it does
    nothing.

    Args:
        question_id: str, such as "rnn-repair".

    Example:
        >>> lab.repair_lab("rnn-step")  # no repair
        This unit has no repair lab 'rnn-step'. Its name is that of the repair question.
    """
    if frontend.is_graded():
        return
    try:
        question = unit_file.find(Path.cwd()).questions.get(question_id)
    except GraderError as error:
        say(str(error))
        return
    if not isinstance(question, RepairQuestion) or not question.repair.lab:
        say(messages.no_repair_lab(question_id))
        return
    lab = RepairLab(question, _namespace(), UnitProgress(Path.cwd()))
    lab.show()


class PanelRequests:
    """What the page has asked of the run that goes on now."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self.view = CurveOptions()

    @property
    def pressed(self) -> bool:
        """True once Stop was pressed in this run."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End the run after the batch that is being trained."""
        self._stop.set()

    def rearm(self) -> None:
        """A new run begins."""
        self._stop.clear()


class RepairLab:
    """One lab on a page: its panel, its picture, its table and its code."""

    def __init__(
        self,
        question: RepairQuestion,
        namespace: Mapping[str, Any],
        progress: UnitProgress,
    ) -> None:
        self.question = question
        self.repair = repair = question.repair
        self.scaffold = Scaffold.from_json(repair.layer, repair.lab)
        self.choice = self.scaffold.start
        self._namespace = namespace
        self._progress = progress
        kept = progress.get(_RECORD, question.id).get("runs", [])
        self.runs = [Run(**run) for run in kept]
        self.hands = PanelRequests()
        self._training = threading.Lock()
        self._turn = 0
        self._plot: LossPlot | None = None
        self._panel: Any = None
        self._picture: Any = None
        self._table: Any = None
        self._code: Any = None

    def show(self) -> None:
        """Show the form where somebody can press it, and below it what stays in the notebook."""
        if frontend.has_panels():
            from grader.lab.page.panels import Panel

            self._panel = Panel("repair.js", self.asked(), self.state())
            self._panel.hear(self.press)
            self._panel.show()
        else:
            say(messages.REPAIR_LAB_NEEDS_CLICKS)
        nothing = {"text/html": "", "text/plain": ""}
        self._picture = frontend.show(nothing, raw=True)
        self._table = frontend.show(self._table_bundle(), raw=True)
        self._code = frontend.show(self._code_bundle(), raw=True)

    def asked(self) -> dict[str, Any]:
        """What the page needs to draw the form."""
        return {
            "title": self.question.title,
            "cell": f"{self.question.id}-answer",
            "reads": list(self.scaffold.reads),
            "offers_both": self.scaffold.offers_both,
            "offers_packing": self.scaffold.lengths == "choose",
            "groups": form_groups(),
            "start": self.scaffold.start.to_json(),
            "can_stop": frontend.hears_clicks(),
        }

    def state(self, said: str = "", *, running: bool = False) -> dict[str, Any]:
        """What the page shows now."""
        return {
            "choice": self.choice.to_json(),
            "remarks": self.scaffold.remarks(self.choice),
            "code": self.scaffold.code(self.choice),
            "running": running,
            "said": said,
            "turn": self._turn,
        }

    def press(self, content: dict[str, Any]) -> None:
        """Answer the page: a changed form, Train, Stop, or a switch of the picture."""
        match content.get("press"):
            case "stop":
                self.hands.stop()
            case "view":
                self.hands.view = CurveOptions(
                    bool(content.get("log")), bool(content.get("smooth"))
                )
                if self._plot is not None:
                    self._plot.look_again()
            case "change" | "train" as press:
                if self._training.locked():
                    return
                self._turn = int(content.get("turn", 0))
                self.choice = self.scaffold.chosen(content.get("choice") or {})
                self._code.update(self._code_bundle(), raw=True)
                self._panel.state = self.state()
                if press == "train":
                    in_main_thread(self.train)

    def train(self) -> None:
        """Train the chosen recipe; say in the panel what went wrong, if it did."""
        if not self._training.acquire(blocking=False):
            return
        self.hands.rearm()
        try:
            if self._panel is not None:
                self._panel.state = self.state(running=True)
            said = messages.REPAIR_LAB_STOPPED_EARLY
            with interrupts.until_stopped(), interrupts.raised_while_idle():
                said = self._train(self.choice)
        except GraderError as error:
            said = str(error)
        except NameError as error:
            said = messages.repair_lab_needs_name(error.name or str(error))
        except Exception as error:  # noqa: BLE001  a recipe may fail in any way; the page stays
            said = messages.repair_lab_failed(type(error).__name__, str(error))
        finally:
            self._training.release()
        if self._panel is not None:
            self._panel.state = self.state(said)

    def _train(self, choice: RecipeChoice) -> str:
        from grader.lab.training import fit

        space = dict(self._namespace)
        name = f"<recipe of {self.question.id}>"
        exec(compile(self.scaffold.code(choice), name, "exec"), space)  # noqa: S102  our own text
        sets = data.load(self.repair.data)
        space["lab"].seed(0)
        model = space["build_model"]()
        recipe = self.scaffold.describe(choice)
        shape = (self.question.id, len(sets.train))
        self._plot = LossPlot(
            choice.epochs,
            f"run {len(self.runs) + 1}: {recipe}",
            measure=self._measure(),
            data=shape,
            place=self._picture,
            steering=self.hands,
        )
        settings = space["settings"]
        history = fit(model, sets.train, sets.val, **settings, plot=self._plot)
        parameters = sum(each.numel() for each in model.parameters())
        run = Run.of(history, self.repair, recipe, parameters)
        self.runs = [*self.runs, run][-KEPT_RUNS:]
        self._progress.put(
            _RECORD, self.question.id, {"runs": [each.to_json() for each in self.runs]}
        )
        self._table.update(self._table_bundle(), raw=True)
        good, words = table.marks(run, self.repair)
        return messages.repair_lab_run(len(self.runs), words, good=good)

    def _measure(self) -> CurveMetric:
        if self.repair.metric != PERPLEXITY:
            return curves.ACCURACY
        top = self.repair.bars.perplexity_at_most or 0.0
        return replace(curves.PERPLEXITY, goals=((top, f"validation at most {top:g}"),))

    def _table_bundle(self) -> dict[str, str]:
        if not self.runs:
            return {"text/html": "", "text/plain": ""}
        return {
            "text/html": table.as_html(self.runs, self.repair),
            "text/plain": table.as_text(self.runs, self.repair),
        }

    def _code_bundle(self) -> dict[str, str]:
        code = self.scaffold.code(self.choice)
        words = html.escape(messages.repair_lab_code(self.question.id))
        shown = (
            f"<details><summary>{words}</summary>"
            f'<pre style="margin:6px 0;padding:6px 10px">{html.escape(code)}</pre></details>'
        )
        return {"text/html": shown, "text/plain": code}


def in_main_thread(work: Any) -> None:
    """Do `work` in the kernel's main thread: now, if this is it, else when it is idle."""
    here = frontend.kernel()
    if here is None or threading.current_thread() is threading.main_thread():
        work()
    else:
        here.io_loop.add_callback(work)


def _namespace() -> dict[str, Any]:
    """What the learner's cells have defined so far."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    return dict(shell.user_ns) if shell is not None else {}
