"""What `grader hub-profile` writes for a class; tests/browser/test_hub.py runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from traitlets.config import Config

from grader.classroom.cli import main
from grader.classroom.hub.profile import HubProfile
from grader.core.errors import SetupError, UsageError

PROFILE = HubProfile(
    course_id="rnn-2026",
    exchange="/srv/exchange",
    root=Path("/srv/course"),
    home=Path("/srv/course/classroom"),
    account="grader",
    teachers=("ann", "o'neill"),
)


def test_the_hubs_configuration_is_python_that_says_what_was_asked(tmp_path: Path) -> None:
    PROFILE.write(tmp_path / "profile")
    code = (tmp_path / "profile" / "jupyterhub_config.py").read_text(encoding="utf-8")
    c = Config()
    names: dict[str, Any] = {"get_config": lambda: c}
    exec(compile(code, "jupyterhub_config.py", "exec"), names)  # noqa: S102 - as a hub does
    assert names["TEACHERS"] == ["ann", "o'neill"]
    assert c.Spawner.mem_limit == "2G"
    (service,) = c.JupyterHub.services.get_value([])
    assert (service["name"], service["user"]) == ("rnn-2026", "grader")
    assert service["cwd"] == "/srv/course/classroom"
    (role,) = c.JupyterHub.load_roles.get_value([])
    assert role["scopes"] == ["access:services!service=rnn-2026"]


def test_learners_get_the_assignment_list_and_no_formgrader(tmp_path: Path) -> None:
    PROFILE.write(tmp_path / "profile")
    for who, panel, shown in (
        ("learner", "assignment", True),
        ("learner", "formgrader", False),
        ("teacher", "formgrader", True),
        ("teacher", "assignment", False),
    ):
        folder = tmp_path / "profile" / who
        server = json.loads((folder / "jupyter_server_config.json").read_text())
        page = json.loads((folder / "labconfig" / "page_config.json").read_text())
        extension = "assignment_list" if panel == "assignment" else panel
        name = f"nbgrader.server_extensions.{extension}"
        assert server["ServerApp"]["jpserver_extensions"][name] is shown
        hidden = f"@jupyter/nbgrader:{extension.replace('_', '-')}"
        assert (hidden not in page["disabledExtensions"]) is shown


def test_the_values_are_yaml_with_the_same_settings(tmp_path: Path) -> None:
    PROFILE.write(tmp_path / "profile")
    values = YAML(typ="safe").load((tmp_path / "profile" / "values.yaml").read_text())
    assert values["singleuser"]["memory"]["limit"] == "2G"
    nbgrader = values["singleuser"]["extraFiles"]["nbgrader"]
    assert "c.Exchange.root = '/srv/exchange'" in nbgrader["stringData"]
    role = values["hub"]["loadRoles"]["formgrade-rnn-2026"]
    assert role["users"] == ["ann", "o'neill"]


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("here")
    with pytest.raises(UsageError, match="is there already"):
        PROFILE.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_class_without_an_exchange_is_told_which_lines_to_add(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = "from grader.classroom.nbgrader import configure\nfrom pathlib import Path\n"
    config += "configure(get_config(), root=Path(__file__).parent)\n"
    (tmp_path / "nbgrader_config.py").write_text(config)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["hub-profile", "profile"]) == SetupError.exit_code
    said = capsys.readouterr().err
    assert "names no course id" in said
    assert 'c.Exchange.root = "/srv/nbgrader/exchange"' in said
    assert not (tmp_path / "profile").exists()
