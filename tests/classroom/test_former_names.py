"""Names of modules in release 0.1.0, which scripts of classes may still import."""

import importlib

import pytest

FORMER = {
    "grader.classroom.course": ("grader.classroom.course_paths", "Course", "find_course"),
    "grader.classroom.gradebook": ("grader.classroom.nbgrader", "configure"),
    "grader.classroom.handout": ("grader.classroom.publish.handout_archive", "Handout", "make"),
    "grader.classroom.notebook": ("grader.classroom.notebooks.rebuilding", "packed", "rebuild"),
    "grader.classroom.engine.remarks": ("grader.classroom.engine.teacher_remarks", "remarks"),
    "grader.wire.channel": ("grader.wire.channels", "Channel", "current", "install"),
}


@pytest.mark.parametrize("former", FORMER)
def test_a_former_name_gives_the_same_objects(former: str) -> None:
    home, *members = FORMER[former]
    old, new = importlib.import_module(former), importlib.import_module(home)
    assert all(getattr(old, name) is getattr(new, name) for name in members)


def test_the_former_settings_are_those_of_a_run() -> None:
    from grader.classroom import gradebook
    from grader.classroom.nbgrader import RunSettings

    assert gradebook.Settings is RunSettings
