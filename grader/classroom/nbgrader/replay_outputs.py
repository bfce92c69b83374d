"""nbgrader's Execute, replaced: outputs come from a kept result; code runs in our sandbox only.

Where there is no result (the hook failed, or formgrader asks for one submission) it is made here
and now. Raises what the engine raises, SetupError above all: then nbgrader names the submission as
failed and goes on. Named in `configure`.
"""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Unicode

from grader.classroom.course_paths import Course
from grader.classroom.engine import PoolOptions, Result
from grader.classroom.grading.pending_runs import fill
from grader.classroom.grading.planning import PlannedRun, Planner
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.sanitizing import OURS, POLICY, PROBLEM, planner_of
from grader.classroom.notebooks.displayed_cells import MarkdownCells, shown_code
from grader.classroom.notebooks.rebuilding import is_fixed, loads

# Where SaveScores finds what Replay found.
RESULT = "grader_result"


class Replay(NbGraderPreprocessor):  # type: ignore[misc]
    """Fills in the outputs of a graded run and hands its verdicts on."""

    root = Unicode(help="The folder of the course").tag(config=True)
    classroom = Unicode(help="The folder of the class").tag(config=True)
    device = Unicode("auto", help="Where references run: auto, cpu or cuda").tag(config=True)
    sandbox = Unicode("warm", help="Where learner code runs: warm, cold or none").tag(config=True)
    everything = Bool(help="Whether cells run that only demonstrate").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Replay one submission."""
        if not nb.metadata.get(OURS, {}).get(PROBLEM):
            names = resources["nbgrader"]
            work, result = self._result(names["assignment"], names["student"], nb)
            _fill_in(nb, loads(result.notebook))
            if result.report.is_final:  # or the next run, which makes it anew, has it to record
                nb.metadata[OURS] = {**nb.metadata.get(OURS, {}), "key": work.key}
            resources[RESULT] = result
        policy = getattr(getattr(self.parent, "parent", None), POLICY, "")
        if policy:
            nb.metadata[OURS] = {**nb.metadata.get(OURS, {}), POLICY: policy}
        words = MarkdownCells()
        for cell in nb.cells:
            if not is_fixed(cell):
                pictures = cell.get("attachments", {})
                is_text = cell.cell_type == "markdown"
                told = words.shown(cell.source, pictures) if is_text else shown_code(cell.source)
                cell.source = told
        return nb, resources

    def _result(self, unit: str, student: str, nb: NotebookNode) -> tuple[PlannedRun, Result]:
        course = Course(Path(self.root), Path(self.classroom))
        settings = RunSettings(self.device, self.sandbox, self.everything)
        planner = planner_of(self) or Planner.of(course, unit, settings)
        work = planner.named(student, nb, whole=False)
        store = ResultStore(course.results)
        result = store.get(work.key)
        if result is None:
            fill(course, [planner.named(student, nb)], settings, PoolOptions())
            result = store.get(work.key)
        if result is None:  # the disk is full, or the folder not ours
            message = f"no result of {student} could be kept in {course.results}"
            raise OSError(message)
        return work, result


def _fill_in(nb: NotebookNode, executed: NotebookNode) -> None:
    outputs = {cell.id: cell for cell in executed.cells if cell.cell_type == "code"}
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.id in outputs:
            cell.outputs = outputs[cell.id].outputs
            cell.execution_count = outputs[cell.id].execution_count
