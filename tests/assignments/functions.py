"""Plain functions: a sheet as any first course has one. 20 points, 4 of them by hand."""

from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.assignments.cells import (
    Assignment,
    answer,
    autograded,
    free,
    given,
    prose,
    task,
    written,
)

COUNT = '''def letter_counts(text):
    """How often each letter stands in `text`; upper and lower case are the same letter."""
    ### BEGIN SOLUTION
    counts = {}
    for letter in text.lower():
        if letter.isalpha():
            counts[letter] = counts.get(letter, 0) + 1
    return counts
    ### END SOLUTION'''
MEDIAN = '''def median(numbers):
    """The middle one of `numbers`; the mean of both where there are two."""
    ### BEGIN SOLUTION
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
    ### END SOLUTION'''
STACK = '''class Stack:
    """A stack: `push`, `pop` (IndexError when empty), `len`."""
    ### BEGIN SOLUTION
    def __init__(self):
        self.items = []
    def push(self, item):
        self.items.append(item)
    def pop(self):
        return self.items.pop()
    def __len__(self):
        return len(self.items)
    ### END SOLUTION'''

CELLS = [
    prose("# Sheet 1: functions"),
    given("setup", "import math\nimport random\n\nWORDS = ['tea', 'Eel', 'letter']"),
    answer("count-answer", COUNT),
    autograded(
        "count",
        4,
        "assert letter_counts('Tea') == {'t': 1, 'e': 1, 'a': 1}\n"
        "### BEGIN HIDDEN TESTS\n"
        "assert letter_counts('') == {}\n"
        "assert letter_counts('a b, A!') == {'a': 2, 'b': 1}, 'signs are no letters'\n"
        "### END HIDDEN TESTS",
    ),
    answer("median-answer", MEDIAN),
    autograded(
        "median",
        4,
        "from math import isclose\n"
        "def near(a, b):\n    return isclose(a, b, abs_tol=1e-9)\n"
        "assert near(median([3, 1, 2]), 2)\n"
        "### BEGIN HIDDEN TESTS\n"
        "SAMPLE = [4.0, 1.0, 3.0, 2.0]\n"
        "assert near(median(SAMPLE), 2.5)\n"
        "assert SAMPLE == [4.0, 1.0, 3.0, 2.0], 'the list that was given has changed'\n"
        "### END HIDDEN TESTS",
    ),
    # tests that lean on names of the tests before them, as many sheets do
    autograded(
        "median-parts",
        3,
        "score = 0\n"
        "score += near(median([7]), 7)\n"
        "### BEGIN HIDDEN TESTS\n"
        "score += near(median(SAMPLE + [9.0]), 3.0)\n"
        "score += near(median([-1, -5]), -3)\n"
        "### END HIDDEN TESTS\n"
        "score",
    ),
    answer("stack-answer", STACK),
    autograded(
        "stack",
        5,
        "s = Stack()\ns.push(1)\ns.push(2)\nassert len(s) == 2\nassert s.pop() == 2\n"
        "### BEGIN HIDDEN TESTS\n"
        "assert s.pop() == 1 and len(s) == 0\n"
        "try:\n    s.pop()\nexcept IndexError:\n    pass\n"
        "else:\n    raise AssertionError('an empty stack gives nothing')\n"
        "### END HIDDEN TESTS",
    ),
    free("# room to try things\nnear(median([1, 2]), 1.5)"),
    written("why", 2),
    task("explore", 2, "Count the letters of a text of your own, in cells below."),
]

SOLVED = {
    "count-answer": "from collections import Counter\n\ndef letter_counts(text):\n"
    "    return dict(Counter(c for c in text.lower() if c.isalpha()))",
    "median-answer": "import statistics\n\ndef median(numbers):\n"
    "    return statistics.median(numbers)",
    "stack-answer": "class Stack(list):\n    push = list.append",
}


def own_cells(notebook: Any) -> None:
    """All right, with cells of one's own and a task that was done."""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = SOLVED.get(name, cell.source)
    notebook.cells.insert(2, new_code_cell("helper = [1, 2, 3]\nprint(helper)"))
    notebook.cells.append(new_markdown_cell("My text has no q."))
    notebook.cells.append(new_code_cell("letter_counts('a text of my own')"))


SHEET = Assignment(
    "sheet1",
    CELLS,
    {
        "ada": SOLVED,
        "ben": {**SOLVED, "why": "Because a list that is sorted has its middle in the middle."},
        "cem": {**SOLVED, "count-answer": "def letter_counts(text):\n    return {}"},
        "dea": {**SOLVED, "median-answer": "def median(n):\n    n.sort()\n    return n[len(n)//2]"},
        "eli": {"count-answer": "def letter_counts(text):\n    return text.count("},
        "fay": {**SOLVED, "stack-answer": "class Stack:\n    pass"},
        "gus": own_cells,
        "hal": {},
    },
    {},
)
