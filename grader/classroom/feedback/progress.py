"""A line that shows how far grading is and when it ends; silent where nobody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.classroom.engine import Result
from grader.classroom.gradebook.plan import Work


@contextmanager
def progress(total: int) -> Iterator[Callable[[Work, Result], None]]:
    """Give the function to call after each submission. Without a terminal it prints lines."""
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=console, disable=not (total and console.is_terminal)) as shown:
        task = shown.add_task("grading", total=total, last="starting")

        def step(work: Work, result: Result) -> None:
            report = result.report
            last = f"{work.student}: {report['score']:g} of {report['max']:g}"
            shown.update(task, advance=1, last=last)
            if not console.is_terminal:
                done = int(shown.tasks[task].completed)
                print(f"{work.unit} {done} of {total}: {last}", file=sys.stderr)  # noqa: T201

        yield step
