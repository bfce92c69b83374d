"""Which names code binds and reads, and which demonstrations it needs for them."""

import pytest

from grader.core.demonstrations import needed
from grader.core.name_bindings import Bindings, read_bindings


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("settings = BASELINE | dict(lr=1)", {"BASELINE", "dict"}),
        ("class A(B, metaclass=M):\n    c = d\n    e = c", {"B", "M", "d"}),
        ("@wrap\ndef f(x: T = start) -> R: ...", {"wrap", "T", "start", "R"}),
        ("x = 1\nprint(x)", {"print"}),
        ("if a:\n    x = 1\nprint(x)", {"a", "print", "x"}),
        ("if a:\n    x = 1\nelse:\n    x = 2\nprint(x)", {"a", "print"}),
        ("for i in rows:\n    total = i\nprint(i, total)", {"rows", "print"}),
        ("total += 1", {"total"}),
        ("table[row] = 1\nthing.part = 2", {"table", "row", "thing"}),
        ("[x for x in xs if x in known]", {"xs", "known"}),
        ("{k: (v := f(k)) for k in ks}\nprint(v)", {"f", "ks", "print"}),
        ("(n := len(a)) and print(n)", {"len", "a", "print"}),
        ("with open(p) as (f, *g):\n    f, g", {"open", "p"}),
        ("try:\n    import a\nexcept E as e:\n    e\na", {"E"}),
        ("match s:\n    case P(x=y) if y: y", {"s", "P"}),
        ("first, *rest = things\nrest", {"things"}),
        ("del model", {"model"}),
        ("x = 1\ndel x\nx", {"x"}),
        ("%timeit experiment(n)\nx = 1", {"timeit", "experiment", "n"}),
        ("%%time\nmade = build(3)", {"time", "build"}),
        ("files = !ls {folder}\nprint(1)", {"files", "ls", "folder", "print"}),
        ("globals()['BASELINE']", {"globals", "BASELINE"}),
        ("eval('experiment' + '(1)')", {"eval", "experiment"}),
        ("await job", {"job"}),
        ("f(lambda: g(h))", {"f", "g", "h"}),
        ("def broken(:", set()),
    ],
)
def test_what_runs_at_once_is_read(code: str, reads: set[str]) -> None:
    assert read_bindings(code).reads == reads


def test_what_a_function_looks_up_is_read_later() -> None:
    found = read_bindings(
        "def f(x, *a, k=1, **o):\n"
        "    global kept\n"
        "    y = x + shift\n"
        "    kept = [z for z in y]\n"
        "    def g():\n        nonlocal y\n        return y + far + f(x)\n"
        "    return g\n"
        "class C:\n    own = 1\n    def m(self): return own, self.own\n"
        "h = lambda q: q + base\n"
    )
    assert found.later == {"shift", "far", "own", "base"}
    assert found.binds == {"f", "C", "h"}
    assert found.changes == {"kept"}


def test_what_is_bound_and_what_is_changed_in_place() -> None:
    found = read_bindings(
        "import numpy as np, os.path\nfrom m import a as b, c\n"
        "x: int\ny: int = 1\nmodel.head[0].weight = 1\nearlier.append(y)\nwhile t:\n    d = 1\n"
    )
    assert found.binds == {"np", "os", "b", "c", "y", "d"}
    assert found.modules == {"np", "os", "b", "c"}
    assert found.changes == {"model", "earlier"}


def cells(*given: str) -> list[tuple[str, bool]]:
    """Cells of which those that begin with `#` demonstrate."""
    return [(source, source.startswith("#")) for source in given]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["#\nBASE = {}", "s = BASE | {}"], {0}),
        (["#\nBASE = {}", "s = 1"], set()),
        (["#\nmodel = 1", "model = 2", "print(model)"], set()),
        (["#\ndef e(): return helper()", "#\ndef helper(): ...", "e()"], {0, 1}),
        (["#\na = 1", "#\nb = a", "#\nc = a", "print(b)"], {0, 1}),
        (["x = []", "#\nx.append(1)", "print(x)"], {1}),
        (["import torch", "#\ntorch.manual_seed(0)", "torch.ones(1)"], set()),
        (["model = 1", "#\nmodel.eval()", "def f(): return model"], {1}),
        # a function may be called after any of them
        (["def f(): return late", "#\nlate = 1", "f()"], {1}),
        (["for x in range(3): print(x)", "#\nx = 1", "def f(x): return x"], set()),
        (["#\nx = 1", "x + 1", "#\nx = 2"], {0}),
        (["#\nx = 1", "#\nif y: x = 2", "print(x)"], {0, 1}),
        (["#\nx = 1", "print(x)", "%time f(x)"], {0}),
    ],
)
def test_a_demonstration_runs_where_code_needs_its_names(given: list[str], found: set[int]) -> None:
    assert needed(cells(*given)) == found


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5_000,
        "-" * 90_000 + "1",
        "a" + ".a" * 40_000,
        "[" * 150 + "]" * 150,
        "x = " + "lambda: " * 10_000 + "1",
        "\n".join(" " * n + "def f():" for n in range(90)) + "\n" + " " * 90 + "BASE",
        "if 0: 1\n" + "elif 0: 1\n" * 8_000,
        "\n" * 90_000 + "BASE?",
        "a = " * 20_000 + "1",
        "x" * 3_000_000,
        "x = 1\n" * 200_000,
        "\0",
        "'\ud800'",
    ],
)
def test_no_text_makes_reading_fail(code: str) -> None:
    assert isinstance(read_bindings(code), Bindings)


def test_cells_without_end_are_read() -> None:
    """Of a notebook as large as any may be only the first part is parsed."""
    names = "; ".join(f"x{n}" for n in range(100))
    made = [("#\n" + names.replace(";", " = 1;") + " = 1", True)] * 20
    assert needed([*made, *[(f"if y: x1 = 1\n{names}", False)] * 1_500]) == {19}
