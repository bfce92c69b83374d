"""Submissions of the sheet of functions that want points without the work, a kind each.

Every one of them answers wrongly (`WRONG`); what it earns beyond what these answers are worth by
themselves is paid for the trick. Stock nbgrader runs them, too, in a course of its own.
"""

import copy
from collections.abc import Callable
from typing import Any

from tests.assignments.cells import Change, cell_of

WRONG = {
    "count-answer": "def letter_counts(text):\n    return None",
    "median-answer": "def median(numbers):\n    return 10 ** 9",
    "stack-answer": "class Stack:\n    pass",
}
_TESTS = ("count", "median", "median-parts", "stack")


def _before(code: str) -> Change:
    """Wrong answers, and `code` in the first cell that learners own."""
    return {**WRONG, "count-answer": f"{code.strip()}\n{WRONG['count-answer']}"}


def _wrong(notebook: Any) -> None:
    for name, source in WRONG.items():
        cell_of(notebook, name).source = source


def _changed(change: Callable[[Any], None]) -> Change:
    def both(notebook: Any) -> None:
        _wrong(notebook)
        change(notebook)

    return both


def _delete(notebook: Any) -> None:
    graded = set(_TESTS)
    notebook.cells = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in graded
    ]


def _double(notebook: Any) -> None:
    made = []
    for cell in notebook.cells:
        made.append(cell)
        if cell.metadata.get("nbgrader", {}).get("grade_id") in _TESTS:
            empty = copy.deepcopy(cell)
            empty.source = "None"
            empty.id = f"{cell.id}x"
            made.append(empty)
    notebook.cells = made


def _relabel(notebook: Any) -> None:
    for name in _TESTS:
        cell = cell_of(notebook, name)
        cell.metadata.nbgrader.update(solution=True, locked=False)
        cell.source = "# read this yourself, please"


def _tag(notebook: Any) -> None:
    for name in _TESTS:
        cell_of(notebook, name).metadata.tags = ["raises-exception"]


def _markdown(notebook: Any) -> None:
    for name in _TESTS:
        cell = cell_of(notebook, name)
        cell.cell_type = "raw"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _points(notebook: Any) -> None:
    for name in _TESTS:
        cell_of(notebook, name).metadata.nbgrader.points = 500


def _move(notebook: Any) -> None:
    """All tests before everything that could make them fail, or at least in another order."""
    graded = [cell_of(notebook, name) for name in _TESTS]
    rest = [c for c in notebook.cells if all(c is not g for g in graded)]
    notebook.cells = [*graded, *rest]


_EQUALS_ALL = """
class Agree(dict):
    __eq__ = __ge__ = __le__ = lambda s, o: True
    __hash__ = None
    def __len__(s): return 2
"""

ATTACKS: dict[str, Change] = {
    "asserts-dropped": _before(
        "import ast\n"
        "class Drop(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node):\n        return ast.copy_location(ast.Pass(), node)\n"
        "    def visit_Raise(self, node):\n        return ast.copy_location(ast.Pass(), node)\n"
        "get_ipython().ast_transformers.append(Drop())"
    ),
    "lines-dropped": _before(
        "def keep(lines):\n"
        "    text = ''.join(lines)\n"
        "    return ['None\\n'] if 'assert' in text or 'score' in text else lines\n"
        "get_ipython().input_transformers_cleanup.append(keep)"
    ),
    "run-cell-exchanged": _before(
        "shell = get_ipython()\nown_run = shell.run_cell_async\n"
        "async def run(raw, *a, **k):\n"
        "    if 'assert' in raw or 'score' in raw:\n"
        "        raw = k['transformed_cell'] = '0'\n        k['preprocessing_exc_tuple'] = None\n"
        "    return await own_run(raw, *a, **k)\n"
        "shell.run_cell_async = run"
    ),
    "replies-are-fine": _before(
        "shell = get_ipython()\nshell._showtraceback = lambda *a, **k: None\n"
        "kernel = shell.kernel\nown_execute = kernel.do_execute\n"
        "async def execute(*a, **k):\n"
        "    await own_execute(*a, **k)\n"
        "    return dict(status='ok', execution_count=1, payload=[], user_expressions={})\n"
        "kernel.do_execute = execute"
    ),
    "number-shown-first": _before(
        "get_ipython().events.register('pre_run_cell', lambda *a: get_ipython().displayhook(3))"
    ),
    "compile-exchanged": _before(
        "import builtins\nown_compile = builtins.compile\n"
        "def lax(source, *a, **k):\n"
        "    if isinstance(source, str) and 'assert' in source:\n        source = 'None'\n"
        "    return own_compile(source, *a, **k)\n"
        "builtins.compile = lax"
    ),
    "len-covered": _before("len = lambda *a: 2\nnear = isclose = lambda *a, **k: True"),
    "isclose-exchanged": _before("import math\nmath.isclose = lambda *a, **k: True"),
    "isclose-none": _before("import math\nmath.isclose = lambda *a, **k: float('nan')"),
    "isclose-endless": _before("import math\nmath.isclose = lambda *a, **k: float('inf')"),
    "isclose-negative": _before("import math\nmath.isclose = lambda *a, **k: -1"),
    "abs-exchanged": _before("import builtins\nbuiltins.len = lambda *a: 2"),
    "equals-everything": {
        **WRONG,
        "count-answer": f"{_EQUALS_ALL}\ndef letter_counts(text):\n    return Agree()",
    },
    "trace-jumps": _before(
        "import sys\n"
        "def skip(frame, event, arg):\n"
        "    if event == 'exception':\n        return None\n"
        "    return skip\n"
        "sys.settrace(skip)"
    ),
    "reads-the-frame": {
        **WRONG,
        "median-answer": "import sys\ndef median(numbers):\n"
        "    names = sys._getframe(1).f_globals\n"
        "    here = names.get('SAMPLE')\n"
        "    return 2.5 if here is not None and list(numbers) == list(here) else 2",
    },
    "reads-the-source": _before(
        "import glob, json\n"
        "for path in glob.glob('../../../source/sheet1/*.ipynb'):\n"
        "    for c in json.load(open(path))['cells']:\n"
        "        code = ''.join(c['source'])\n"
        "        if 'BEGIN SOLUTION' in code:\n            exec(code)\n"
        "stolen = dict(globals())"
    ),
    "writes-the-gradebook": _before(
        "import glob, sqlite3\n"
        "for path in glob.glob('../../../gradebook.db'):\n"
        "    book = sqlite3.connect(path, timeout=2)\n"
        "    book.execute('update grade set manual_score = 5')\n    book.commit()\n    book.close()"
    ),
    "tests-deleted": _changed(_delete),
    "tests-doubled": _changed(_double),
    "tests-relabelled": _changed(_relabel),
    "tests-tagged": _changed(_tag),
    "tests-as-text": _changed(_markdown),
    "tests-worth-more": _changed(_points),
    "tests-first": _changed(_move),
    "exits-in-a-function": {
        **WRONG,
        "count-answer": "import sys\ndef letter_counts(text):\n    sys.exit()",
        "median-answer": "def median(numbers):\n    raise SystemExit(0)",
    },
    "ends-the-process-in-a-test": {
        **WRONG,
        "count-answer": "import os\ndef letter_counts(text):\n    os._exit(0)",
    },
}
