"""Matplotlib: pictures whose parts are asked for. 12 points."""

from typing import Any

from nbformat.v4 import new_code_cell

from tests.assignments.cells import Assignment, answer, autograded, given, prose, written

LINES = '''def draw_lines(x, series):
    """A figure with one labelled line for each entry of the dictionary `series`, and a legend."""
    ### BEGIN SOLUTION
    fig, ax = plt.subplots()
    for name, values in series.items():
        ax.plot(x, values, label=name)
    ax.set_xlabel("x")
    ax.legend()
    return fig
    ### END SOLUTION'''
BARS = '''def draw_bars(names, heights):
    """Axes with a bar for each name, the highest one red, the others blue."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    top = max(heights)
    ax.bar(names, heights, color=["red" if h == top else "blue" for h in heights])
    return ax
    ### END SOLUTION'''

CELLS = [
    prose("# Pictures"),
    given(
        "setup",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport numpy as np\n\n"
        "x = np.linspace(0, 1, 5)",
    ),
    answer("lines-answer", LINES),
    autograded(
        "lines",
        4,
        "fig = draw_lines(x, {'a': x, 'b': x ** 2})\nax = fig.axes[0]\nassert len(ax.lines) == 2\n"
        "### BEGIN HIDDEN TESTS\n"
        "assert [line.get_label() for line in ax.lines] == ['a', 'b']\n"
        "np.testing.assert_allclose(ax.lines[1].get_ydata(), x ** 2)\n"
        "assert ax.get_legend() is not None, 'the legend is missing'\n"
        "### END HIDDEN TESTS\n"
        "plt.close(fig)",
    ),
    answer("bars-answer", BARS),
    autograded(
        "bars",
        5,
        "parts = 0\nbars = draw_bars(['u', 'v', 'w'], [1, 3, 2]).patches\n"
        "parts += len(bars) == 3\n"
        "### BEGIN HIDDEN TESTS\n"
        "from matplotlib.colors import to_rgb\n"
        "parts += 2 * (to_rgb(bars[1].get_facecolor()) == to_rgb('red'))\n"
        "parts += 2 * all(to_rgb(bars[i].get_facecolor()) == to_rgb('blue') for i in (0, 2))\n"
        "### END HIDDEN TESTS\n"
        "parts",
    ),
    written("caption", 3),
]

SOLVED = {
    "lines-answer": "def draw_lines(x, series):\n    plt.figure()\n    for n in series:\n"
    "        plt.plot(x, series[n], label=n)\n    plt.legend()\n    return plt.gcf()",
    "bars-answer": "def draw_bars(names, heights):\n    fig, ax = plt.subplots()\n"
    "    drawn = ax.bar(names, heights, color='blue')\n"
    "    drawn[int(np.argmax(heights))].set_color('red')\n    return ax",
    "caption": "Lines and bars.",
}


def shown(notebook: Any) -> None:
    """All right, and drawn once more below."""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = SOLVED.get(name, cell.source)
    notebook.cells.append(new_code_cell("draw_lines(x, {'mine': -x});\nplt.show()"))


SHEET = Assignment(
    "pictures",
    CELLS,
    {
        "ada": SOLVED,
        "ben": {**SOLVED, "lines-answer": SOLVED["lines-answer"].replace("plt.legend()", "pass")},
        "cem": {**SOLVED, "bars-answer": SOLVED["bars-answer"].replace("'blue'", "'green'")},
        "dea": {**SOLVED, "bars-answer": "def draw_bars(n, h):\n    return plt.subplots()[1]"},
        "eli": {**SOLVED, "lines-answer": "def draw_lines(x, series):\n    plt.plot(x)"},
        "fay": {**SOLVED, "setup": "import matplotlib.pyplot as plt"},
        "gus": shown,
        "hal": {},
    },
    {},
)
