"""Every slip of an author in a question file is one sentence with the file and the line."""

from pathlib import Path

import pytest

from grader.classroom.authoring.example_files import filled
from grader.core.data_recipe import load
from grader.core.errors import CourseError
from grader.referee.preparation import prepare_visible
from grader.referee.question_bank import UnitBank, load_question

TOY = (
    Path(__file__).parents[1] / "fixtures/course/solutions/01_toy/questions/toy-double.py"
).read_text(encoding="utf-8")
LISTED = '("squared", squared, "You squared x; twice x is x + x.")'


def told(folder: Path, text: str, name: str = "toy-double.py") -> str:
    """What is said of a question file with this text, without its folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        _prepare(path)
    said = str(caught.value)
    assert said.startswith(str(folder))
    assert "\n" not in said
    return said.removeprefix(f"{folder}/")


def _prepare(path: Path) -> None:
    question = load_question(path, "01_toy")
    prepare_visible(UnitBank("01_toy", {question.id: question}, {}))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    return 2 * x\n", "    return 2 * * x\n", ", line 18: it cannot be run: SyntaxError"),
        ("import torch\n", "import troch\n", ", line 5: it cannot be run: ModuleNotFoundError: No"),
        ('TITLE = "Twice as much"\n', "", ": it has no TITLE; expected a text. docs/authors.md"),
        ("POINTS = 2", 'POINTS = "2"', ", line 9: POINTS is '2'; expected a number above 0"),
        ("POINTS = 2", "POINTS = 0", ", line 9: POINTS is 0; expected more than 0"),
        ("POINTS = 2", "POINTS = True", ", line 9: POINTS is True; expected a number"),
        ('KIND = "function"', 'KIND = "funktion"', ", line 8: KIND is 'funktion'; expected one of"),
        ('KIND = "function"', 'KIND = "repair"', ": it has no DATA; expected the name of a folder"),
        ('["Add x to itself."]', "[1]", ", line 10: hint 1 is 1; expected a text"),
        ('["Add x to itself."]', '"Add x."', ", line 10: HINTS is 'Add x.'; expected a list"),
        (
            LISTED,
            '("squared", squared)',
            ', line 25: mistake 1 of MISTAKES: it is a tuple of 2; expected ("its-name", function,',
        ),
        (LISTED, "squared", ", line 25: mistake 1 of MISTAKES: it is a function; expected"),
        (
            LISTED,
            LISTED.replace("squared,", "squared(torch.ones(1)),"),
            ", line 25: mistake 1 of MISTAKES: 'squared' has tensor([1.]) as its function",
        ),
        (
            LISTED,
            f"\n{LISTED},\n{LISTED},\n",
            ", line 27: mistake 2 of MISTAKES: another mistake has its name, 'squared'",
        ),
        (LISTED, '("squared", squared, "")', "'squared' has '' as its sentence"),
        (LISTED, '("", squared, "No.")', "mistake 1 of MISTAKES: its name is ''"),
        (
            "return x * x",
            "return x + x",
            ", line 25: mistake 'squared' gives what the reference gives on every case",
        ),
        (
            "return x * x",
            "return object()",
            ", line 25: mistake 'squared' gave something of type object; no answer can be that",
        ),
        (
            'return {"x": rng.normal(size=(2, 3))}',
            "return rng.normal(size=2)",
            ", line 13: `inputs` gave ndarray",
        ),
        (
            'return {"x": rng.normal(size=(2, 3))}',
            'return {"x": torch.ones(3)}',
            ", line 13: `inputs` gives 'x' as Tensor; expected numpy arrays of numbers",
        ),
        (
            'return {"x": rng.normal(size=(2, 3))}',
            'return {"x": rng.norm(size=(2, 3))}',
            ", line 14: `inputs` raised AttributeError",
        ),
        (
            "return 2 * x",
            "return 2 * y",
            ", line 17: the reference raised NameError: name 'y' is not defined for its own inputs",
        ),
        ("POINTS = 2", 'POINTS = 2\nSECONDS = "abc"', "10: SECONDS is 'abc'; expected a number"),
        ("POINTS = 2", "POINTS = 2\nCASES = 0", ", line 10: CASES is 0; expected a number above 0"),
        ("POINTS = 2", "POINTS = 2\nGRADIENTS = 3", ", line 10: GRADIENTS is 3; expected a list"),
        ("POINTS = 2", 'POINTS = 2\nGRADIENTS = ("y",)', "10: GRADIENTS names 'y'; expected some"),
        ("POINTS = 2", "POINTS = 2\nALSO = print", ", line 10: ALSO is <built-in function print>;"),
        (
            'KIND = "function"',
            'KIND = "value"',
            ", line 17: a value question's functions take",
        ),
        ("return 2 * x", "return print", ", line 17: the reference gave something of type builtin"),
    ],
)
def test_a_slip_is_named_by_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert TOY.count(old) == 1
    assert said in told(tmp_path, TOY.replace(old, new))


REPAIR = filled("repair", id="toy-repair", data="toy_repair")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"train_below"',
            '"trian_below"',
            ", line 20: BARS has 'trian_below'; expected some",
        ),
        ("DRAWS = 3", "DRAWS = 0", ", line 21: DRAWS is 0; expected how many data sets"),
        (
            'LAYER = "RNN"',
            "LAYER = nn.RNN",
            ", line 19: LAYER is <class 'torch.nn.modules",
        ),
        ("def baseline(", "def base(", ": it has no baseline; expected a recipe f(train, val)"),
    ],
)
def test_a_repairs_slip_is_named_by_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert REPAIR.count(old) == 1
    assert said in told(tmp_path, REPAIR.replace(old, new), "toy-repair.py")


def test_a_recipe_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "recipe.py").write_text("import nothing_of_the_kind\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"recipe\.py: it cannot be run: ModuleNotFoundError"):
        load(tmp_path)


def test_a_file_whose_name_is_no_id_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, TOY, "toy_double.py").startswith("toy_double.py: name it like rnn-step")


def test_an_error_in_what_a_file_calls_is_told_by_its_own_line(tmp_path: Path) -> None:
    """The line of the question file, not of the library below it."""
    text = TOY.replace("POINTS = 2\n", 'POINTS = 2\nSIZES = np.ones("three")\n')
    assert told(tmp_path, text).startswith("toy-double.py, line 10: it cannot be run: TypeError")


def test_both_names_of_a_list_say_where_its_entries_are(tmp_path: Path) -> None:
    """An annotated list, and one that is made in another way."""
    annotated = TOY.replace("MISTAKES = [", "MISTAKES: list[tuple] = [\n").replace(LISTED, "1")
    assert "line 26: mistake 1" in told(tmp_path, annotated)
    made = TOY.replace("MISTAKES = [", "MISTAKES = [] + [").replace(LISTED, "1")
    assert "line 25: mistake 1" in told(tmp_path, made)
