"""Where the cause of a NameError lies, when it is another cell of the notebook.

A cell that failed binds nothing, a given cell that was changed is run as released, a definition
further down comes too late: the answer that misses the name is told which cell it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from grader.classroom.notebooks.rebuilding import is_fixed, replaced_cells
from grader.core import error_messages
from grader.core.name_bindings import read_bindings
from grader.core.requests import Raised
from grader.core.verdicts import Outcome, Verdict

_MOST = 200


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
        own = [c for c in notebook.cells if c.cell_type == "code" and not is_fixed(c)]
        for name in missing - set(self.told):
            below = _binding(name, own)
            if below:
                self.told[name] = error_messages.bound_below(name, below)
        return {name: self.told[name] for name in sorted(missing & set(self.told))}


def explained(verdicts: Mapping[str, Verdict], causes: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdicts, each with the sentence for the name that it misses."""
    made = dict(verdicts)
    for name, verdict in verdicts.items():
        sentence = causes.get(_missing(verdict), "")
        if sentence and sentence not in verdict.message:
            made[name] = replace(verdict, message=error_messages.joined(verdict.message, sentence))
    return made


def _missing(verdict: Verdict) -> str:
    is_raised = verdict.outcome is Outcome.RAISED
    return error_messages.missing_name(verdict.message) if is_raised else ""


def _binding(name: str, cells: Sequence[NotebookNode]) -> str:
    """The source of the last cell that binds a name; it ran too late, or it would be there."""
    return next((c.source for c in reversed(cells) if name in read_bindings(c.source).binds), "")
