"""The notebook on which submissions of an ordinary assignment are rebuilt."""

import shutil
from pathlib import Path

import nbformat
import pytest

from grader.classroom.course_paths import Course, find_course
from grader.classroom.grading import ordinary_assignments
from grader.classroom.grading.ordinary_assignments import OrdinaryAssignment, packages
from grader.core.errors import SetupError, UsageError
from grader.worker.fork_server import ONLY
from tests.assignments.cells import cell_of
from tests.assignments.conftest import MOVED_IN, call
from tests.assignments.frames import SHEET
from tests.conftest import MakeOnce


@pytest.fixture(scope="module")
def generated(make_once: MakeOnce) -> Path:
    """A course with one generated assignment."""

    def make(root: Path) -> None:
        SHEET.write(root / "source")
        made = call(root, "nbgrader", "generate_assignment", SHEET.name)
        assert made.returncode == 0, made.stderr
        (root / "nbgrader_config.py").write_text(MOVED_IN)

    return make_once("ordinary-course", make)


@pytest.fixture
def course(generated: Path, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(generated, root)
    return find_course(root)


def test_a_course_without_units_is_its_own_class(course: Course) -> None:
    assert course.classroom == course.root
    assert course.assignments() == ["weather"]
    assert course.notebook("weather") == "weather.ipynb"
    assert course.chosen_assignments([]) == ["weather"]
    with pytest.raises(UsageError, match="ordinary assignment"):
        course.chosen(["weather"])


def test_the_master_has_the_hidden_tests_and_the_release_has_not(course: Course) -> None:
    own = OrdinaryAssignment.of(course, "weather")
    assert "BEGIN HIDDEN TESTS" in cell_of(own.master, "means").source
    assert "expected = " not in own.tests["means"].visible
    assert own.tests["means"].points == 4.0
    assert list(own.tests) == ["load", "means", "windy"]
    assert set(own.files) == {"data/weather.csv"}
    assert "SOLUTION" not in cell_of(own.master, "load-answer").source


def test_a_submission_keeps_its_answers_and_nothing_of_the_tests(course: Course) -> None:
    own = OrdinaryAssignment.of(course, "weather")
    handed = nbformat.read(course.released("weather"), as_version=4)
    cell_of(handed, "load-answer").source = "load = 1"
    cell_of(handed, "means").source = "pass"
    cell_of(handed, "means").metadata.nbgrader.points = 50
    made = own.rebuild(handed)
    assert cell_of(made, "load-answer").source == "load = 1"
    assert cell_of(made, "means").source == cell_of(own.master, "means").source
    assert cell_of(made, "means").metadata.nbgrader.points == 4.0


def test_released_cells_are_not_told_as_changed(course: Course) -> None:
    own = OrdinaryAssignment.of(course, "weather")
    handed = nbformat.read(course.released("weather"), as_version=4)
    assert "replaced" not in own.rebuild(handed).metadata.grader


def test_what_was_not_generated_is_refused_with_the_cure(course: Course) -> None:
    (course.ordinary_source / "more").mkdir()
    shutil.copy(course.released("weather"), course.ordinary_source / "more" / "more.ipynb")
    with pytest.raises(SetupError, match="nbgrader generate_assignment more"):
        OrdinaryAssignment.of(course, "more")


def test_a_release_of_another_version_is_refused(course: Course) -> None:
    notebook = nbformat.read(course.released("weather"), as_version=4)
    cell_of(notebook, "windy").metadata.nbgrader.grade_id = "stormy"
    nbformat.write(notebook, course.released("weather"))
    with pytest.raises(SetupError, match="different versions of weather"):
        OrdinaryAssignment.of(course, "weather")


def test_two_notebooks_are_refused(course: Course) -> None:
    folder = course.ordinary_source / "weather"
    shutil.copy(folder / "weather.ipynb", folder / "second.ipynb")
    with pytest.raises(SetupError, match="holds 2 notebooks"):
        course.notebook("weather")


def test_files_that_do_not_fit_are_refused(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordinary_assignments, "LARGEST_FILE", 10)
    with pytest.raises(SetupError, match=r"weather\.csv does not fit"):
        OrdinaryAssignment.of(course, "weather")


def test_a_warm_process_loads_what_the_assignments_import(course: Course) -> None:
    assert packages(course, ["weather"]) == (ONLY, "numpy", "pandas")
    # beside a unit, all that units need is there as well
    assert packages(course, ["weather", "01_toy"]) == ("numpy", "pandas")
    assert packages(course, ["01_toy"]) == ()
