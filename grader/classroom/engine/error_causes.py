"""Where the cause of a failed answer lies, when it is another cell of the notebook.

A cell that failed binds nothing, a given cell that was changed is run as released, a definition
further down comes too late, an answer binds another name, a cell gave `sum` or `torch` another
meaning: the answer that fails for it is told which cell it was. One that uses an earlier answer
which has not passed is told that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from grader.classroom.notebooks.rebuilding import (
    is_answer,
    is_fixed,
    loads,
    question_of,
    replaced_cells,
)
from grader.core import error_messages
from grader.core.earlier_answers import answer_names, leans_on, sentence
from grader.core.name_bindings import read_bindings
from grader.core.names import answer_cell
from grader.core.overwritten_names import misused, overwritten
from grader.core.question import FunctionQuestion, PreparedQuestion
from grader.core.requests import Raised
from grader.core.verdicts import Outcome, Verdict

_MOST = 200
_FAILED = (Outcome.WRONG, Outcome.RAISED)


@dataclass
class MissingNameCauses:
    """Sentences by missing name, collected while a notebook runs."""

    told: dict[str, str] = field(default_factory=dict)

    def failed(self, source: str, error: Raised) -> None:
        """Note a cell that raised: what it would have bound may be missing."""
        names = sorted(read_bindings(source).binds) or error_messages.names_in(source)
        for name in names[:_MOST]:
            self.told.setdefault(
                name, error_messages.cause(name, source, error.kind, error.message)
            )

    def of(self, notebook: NotebookNode, verdicts: Mapping[str, Verdict]) -> dict[str, str]:
        """The sentences that these verdicts need."""
        missing = {_missing(verdict) for verdict in verdicts.values()} - {""}
        for cell, names in replaced_cells(notebook).items():
            for name in missing & set(names):
                self.told[name] = error_messages.left_out(name, cell)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        own = [cell for cell in code if not is_fixed(cell)]
        for name in missing - set(self.told):
            sentence = _otherwise(name, code)
            below = "" if sentence else _binding(name, own)
            if sentence or below:
                self.told[name] = sentence or error_messages.bound_below(name, below)
        taken = overwritten([c.source for c in own], [c.source for c in code if is_fixed(c)])
        misuses = {misused(verdict.message, taken) for verdict in _raised(verdicts)} - {""}
        self.told |= {name: taken[name] for name in misuses}
        return {name: self.told[name] for name in sorted((missing | misuses) & set(self.told))}


def explained(verdicts: Mapping[str, Verdict], causes: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdicts, each with the sentence for the name that it misses."""
    made = dict(verdicts)
    for name, verdict in verdicts.items():
        lacks = _missing(verdict)
        if not lacks and verdict.outcome is Outcome.RAISED:
            lacks = misused(verdict.message, causes)
        sentence = causes.get(lacks, "")
        if sentence and sentence not in verdict.message:
            made[name] = replace(verdict, message=error_messages.joined(verdict.message, sentence))
    return made


def with_earlier(
    notebook: bytes, questions: Mapping[str, PreparedQuestion], verdicts: Mapping[str, Verdict]
) -> dict[str, Verdict]:
    """The verdicts, each that may have failed for an earlier answer with a sentence about that."""
    doubtful = [name for name, each in verdicts.items() if _may_lean(questions.get(name), each)]
    if not doubtful:
        return dict(verdicts)
    try:
        cells = [cell for cell in loads(notebook).cells if cell.cell_type == "code"]
    except ValueError:  # no notebook at all; whoever reads it next says so
        return dict(verdicts)
    names = answer_names(cell.source for cell in cells if is_fixed(cell))
    sources = {cell.id: cell.source for cell in cells if is_answer(cell)}
    made = dict(verdicts)
    for name in doubtful:
        read = read_bindings(sources.get(answer_cell(name), ""))
        used = leans_on(name, read.reads | read.later, names)
        failed = [each for each in used if each in verdicts and _has_failed(verdicts[each])]
        said = verdicts[name].message
        told = sentence(failed[0], names[failed[0]]) if failed else ""
        if told and told not in said:
            made[name] = replace(verdicts[name], message=error_messages.joined(said, told))
    return made


def _may_lean(question: PreparedQuestion | None, verdict: Verdict) -> bool:
    """Whether a function failed in a way that has no name, and no cell was found that caused it."""
    is_open = isinstance(question, FunctionQuestion) and verdict.mistake not in question.messages
    return is_open and verdict.outcome in _FAILED and not _missing(verdict)


def _has_failed(verdict: Verdict) -> bool:
    return verdict.points < verdict.maximum and verdict.outcome is not Outcome.BROKEN


def _missing(verdict: Verdict) -> str:
    is_raised = verdict.outcome is Outcome.RAISED
    return error_messages.missing_name(verdict.message) if is_raised else ""


def _raised(verdicts: Mapping[str, Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts.values() if verdict.outcome is Outcome.RAISED]


def _otherwise(name: str, code: Sequence[NotebookNode]) -> str:
    """What the answer that should bind `name` does instead, where its check asks for the name."""
    asking = (question_of(c) for c in code if name in read_bindings(c.source).reads)
    answers = {answer_cell(question) for question in asking if question}
    source = next((cell.source for cell in code if cell.id in answers), "")
    bound = read_bindings(source).binds
    if name in bound and not source.lstrip().startswith("%%timeit"):
        return ""
    return error_messages.bound_otherwise(name, source, sorted(bound))


def _binding(name: str, cells: Sequence[NotebookNode]) -> str:
    """The source of the last cell that binds a name; it ran too late, or it would be there."""
    return next((c.source for c in reversed(cells) if name in read_bindings(c.source).binds), "")
