"""Refuse code cells of a lesson that no kernel could run, with the line that is wrong.

IPython's own first step turns its extra syntax (`%matplotlib inline`, `!ls`, `name?`) into Python;
what stands in a cell magic (`%%time`) is text to it, and is left alone.
"""

import ast

from IPython.core.inputtransformer2 import TransformerManager

from grader.classroom.publish.lesson_parser import LessonCell

_CELL = "<cell>"


def refuse_syntax_errors(cell: LessonCell) -> None:
    """Raise CourseError for a code cell that does not parse, as a learner gets it or solved."""
    source = cell.source.lstrip("\n")  # as the transformer does
    try:
        code = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
        compile(code, _CELL, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        line = cell.source.count("\n") - source.count("\n") + (error.lineno or 0)
        shown = (error.text or "").strip()
        told = f"this cell does not parse: {error.msg}"
        cell.refuse(f"{told}: {shown}" if shown else told, line)
