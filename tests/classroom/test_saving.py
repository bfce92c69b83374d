"""What a notebook saved by `grader lab` keeps of a panel: its picture, not its widget."""

import json
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

from grader.classroom.cli import lab
from grader.classroom.jupyter import SETTINGS
from grader.classroom.jupyter.saving import WIDGET_VIEW
from grader.lab import live_widgets

VIEW = {"model_id": "1", "version_major": 2, "version_minor": 0}


def output(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def test_a_saved_notebook_keeps_pictures_and_no_widget_that_has_one(tmp_path: Path) -> None:
    settings = json.loads((SETTINGS / "jupyter_server_config.json").read_text())
    manager: Any = FileContentsManager(root_dir=str(tmp_path), **settings["FileContentsManager"])
    outputs = [
        output(**{WIDGET_VIEW: VIEW, "text/html": "<b>picture</b>", "text/plain": "words"}),
        output(**{WIDGET_VIEW: VIEW, "text/plain": "IntSlider()"}),  # a learner's own
        {"output_type": "stream", "name": "stdout", "text": "hello"},
    ]
    code = {"cell_type": "code", "source": "", "metadata": {}, "execution_count": 1}
    cells = [{**code, "outputs": outputs}, {"cell_type": "markdown", "source": "", "metadata": {}}]
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    manager.save({"type": "notebook", "format": "json", "content": content}, "mine.ipynb")
    saved = json.loads((tmp_path / "mine.ipynb").read_text())["cells"][0]["outputs"]
    assert sorted(saved[0]["data"]) == ["text/html", "text/plain"]
    assert sorted(saved[1]["data"]) == [WIDGET_VIEW, "text/plain"]
    assert len(saved) == 3


def test_the_lab_knows_that_pictures_are_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not live_widgets.may_stay()
    for name, value in lab.environment(tmp_path, {}).items():
        monkeypatch.setenv(name, value)
    assert live_widgets.may_stay()
    assert live_widgets.WIDGET_VIEW == WIDGET_VIEW
