"""What `lab` remembers between calls: one object for all threads, with every field explained."""

import inspect
import threading
from dataclasses import fields

from grader.lab import run_context
from grader.lab.run_context import RunContext
from tests.lab.test_docs import entries


def test_comm_callbacks_on_other_threads_see_what_cells_see() -> None:
    found: list[RunContext] = []
    for _ in range(2):
        asked = threading.Thread(target=lambda: found.append(run_context.current()))
        asked.start()
        asked.join()
    assert found[0] is found[1] is run_context._PROCESS


def test_a_fresh_context_keeps_nothing_and_leaves_nothing() -> None:
    before = run_context.current()
    before.notes_shown.add("a note")
    with run_context.fresh() as inside:
        assert run_context.current() is inside
        assert not inside.notes_shown
        inside.quiet += 1
    assert run_context.current() is before
    assert (before.quiet, before.notes_shown) == (0, {"a note"})


def test_every_field_is_explained() -> None:
    explained = entries((inspect.getdoc(RunContext) or "") + "\n")
    assert list(explained) == [field.name for field in fields(RunContext)]
