"""Pandas: a table that lies beside the notebook is read, cleaned and grouped. 15 points."""

from typing import Any

from nbformat.v4 import new_code_cell

from tests.assignments.cells import Assignment, answer, autograded, by_hand, given, prose

TABLE = """station,day,rain,wind
north,1,3.5,12
north,2,,15
south,1,0.0,7
south,2,1.5,9
east,1,2.0,
east,2,4.0,11
"""
LOAD = '''def load(path):
    """The table at `path`; days without rain measured are left out."""
    ### BEGIN SOLUTION
    return pd.read_csv(path).dropna(subset=["rain"]).reset_index(drop=True)
    ### END SOLUTION'''
MEANS = '''def mean_rain(table):
    """The mean rain of each station, wettest first, as a Series."""
    ### BEGIN SOLUTION
    return table.groupby("station")["rain"].mean().sort_values(ascending=False)
    ### END SOLUTION'''
WINDY = '''def windy(table, least):
    """The stations that had wind of at least `least` on some day, sorted, as a list."""
    ### BEGIN SOLUTION
    return sorted(table.loc[table["wind"] >= least, "station"].unique())
    ### END SOLUTION'''

CELLS = [
    prose("# Weather"),
    given("setup", "import numpy as np\nimport pandas as pd\n\nPATH = 'data/weather.csv'"),
    answer("load-answer", LOAD),
    autograded(
        "load",
        3,
        "weather = load(PATH)\nassert isinstance(weather, pd.DataFrame)\nassert len(weather) == 5\n"
        "### BEGIN HIDDEN TESTS\n"
        "assert weather['rain'].notna().all()\n"
        "assert list(weather.index) == list(range(5)), 'number the rows anew'\n"
        "### END HIDDEN TESTS",
    ),
    answer("means-answer", MEANS),
    autograded(
        "means",
        4,
        "means = mean_rain(load(PATH))\nassert means.index[0] == 'north'\n"
        "### BEGIN HIDDEN TESTS\n"
        "expected = pd.Series([3.5, 3.0, 0.75], index=['north', 'east', 'south'])\n"
        "pd.testing.assert_series_equal(means, expected, check_names=False)\n"
        "small = pd.DataFrame({'station': ['a', 'b', 'a'], 'rain': [1.0, 5.0, 2.0]})\n"
        "np.testing.assert_allclose(mean_rain(small).to_numpy(), [5.0, 1.5])\n"
        "### END HIDDEN TESTS",
    ),
    answer("windy-answer", WINDY),
    autograded(
        "windy",
        4,
        "points = 0.0\n"
        "points += 1.0 * (list(windy(load(PATH), 12)) == ['north'])\n"
        "### BEGIN HIDDEN TESTS\n"
        "points += 1.5 * (list(windy(load(PATH), 9)) == ['east', 'north', 'south'])\n"
        "points += 1.5 * (list(windy(load(PATH), 99)) == [])\n"
        "### END HIDDEN TESTS\n"
        "points",
    ),
    by_hand("plan", 4, "# Which station would you look at next, and by which lines of code?"),
]

SOLVED = {
    "load-answer": "def load(path):\n    t = pd.read_csv(path)\n"
    "    return t[t.rain.notnull()].reset_index(drop=True)",
    "means-answer": "def mean_rain(table):\n"
    "    return table.groupby('station').rain.mean().sort_values(ascending=False)",
    "windy-answer": "def windy(table, least):\n"
    "    return sorted(set(table.station[table.wind >= least]))",
    "plan": "load(PATH).query('station == \"south\"')",
}


def looked(notebook: Any) -> None:
    """All right, and the learner looks at the table between the answers."""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = SOLVED.get(name, cell.source)
    # `weather` is bound by the test cell above
    notebook.cells.insert(4, new_code_cell("weather.describe()"))
    notebook.cells.insert(5, new_code_cell("assert len(weather) == 5\nprint(weather.head(2))"))


SHEET = Assignment(
    "weather",
    CELLS,
    {
        "ada": SOLVED,
        "ben": {**SOLVED, "load-answer": "def load(path):\n    return pd.read_csv(path).dropna()"},
        "cem": {
            **SOLVED,
            "means-answer": "def mean_rain(t):\n    return t.groupby('station').rain",
        },
        "dea": {**SOLVED, "windy-answer": "def windy(t, n):\n    return sorted(set(t.station))"},
        "eli": {**SOLVED, "load-answer": "def load(path):\n    return pd.read_csv('missing.csv')"},
        "fay": {**SOLVED, "windy-answer": "def windy(t, n):\n    return t[t.wind > n].station"},
        "gus": looked,
        "hal": {},
    },
    {"data/weather.csv": TABLE},
)
