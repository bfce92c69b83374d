"""What a JupyterHub needs for one class: `grader hub-profile` writes it into a folder.

`jupyterhub_config.py` is for hubs whose users are users of the machine, The Littlest JupyterHub
above all; it imports nothing of ours, because a hub runs in a Python of its own. `values.yaml` says
the same to Zero to JupyterHub. `learner/` and `teacher/` are folders of Jupyter configuration that
the servers read: learners get the course's panels and nbgrader's Assignment List, teachers
formgrader.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from grader.classroom.jupyter import SETTINGS
from grader.core.errors import UsageError

_TEMPLATES = Path(__file__).parent
_LEARNER = "learner"
_TEACHER = "teacher"
_NBGRADER = "nbgrader.server_extensions."
# What nbgrader's extension for JupyterLab shows, by who needs it.
_PANELS = {
    _LEARNER: ("assignment-list", "validate-assignment"),
    _TEACHER: ("formgrader", "create-assignment", "validate-assignment"),
}
_ALL_PANELS = (
    "assignment-list",
    "course-list",
    "create-assignment",
    "formgrader",
    "validate-assignment",
)
_LEARNERS_CONFIG = """\
# Where nbgrader's Assignment List finds the class. Made by `grader hub-profile`.
c = get_config()
c.CourseDirectory.course_id = {course_id!r}
c.Exchange.root = {exchange!r}
c.ExchangeFactory.submit = "grader.classroom.nbgrader.exchange.LeanSubmit"
"""


@dataclass(frozen=True)
class HubProfile:
    """One class on a hub.

    `root` is the folder of the course, `home` that of the class in it. `account` is the user of the
    machine who owns both, `teachers` are names of users of the hub. `memory` is the most of each
    learner's server, such as "2G"; `port` is formgrader's, on 127.0.0.1.
    """

    course_id: str
    exchange: str
    root: Path
    home: Path
    account: str
    teachers: tuple[str, ...]
    memory: str = "2G"
    port: int = 9999

    def write(self, folder: Path) -> list[Path]:
        """Write all files; returns them. Raises UsageError where the folder holds anything."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            message = (
                f"{folder} is there already, and nothing was written over it. Name a folder that "
                "is new, or remove this one first."
            )
            raise UsageError(message)
        folder = folder.resolve()
        made = {"jupyterhub_config.py": self._hub_config(folder), "values.yaml": self._values()}
        for who in (_LEARNER, _TEACHER):
            for name, content in self._settings(who).items():
                made[f"{who}/{name}"] = json.dumps(content, indent=2) + "\n"
        made[f"{_LEARNER}/nbgrader_config.py"] = self._learners_nbgrader()
        for name, text in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return [folder / name for name in sorted(made)]

    def _hub_config(self, folder: Path) -> str:
        told = {
            "course_id": self.course_id,
            "root": str(self.root),
            "home": str(self.home),
            "account": self.account,
            "teachers": list(self.teachers),
            "memory": self.memory,
            "port": self.port,
            "python": sys.executable,
            "learner": str(folder / _LEARNER),
            "teacher": str(folder / _TEACHER),
        }
        shown = {name: repr(value) for name, value in told.items()}
        return Template((_TEMPLATES / "jupyterhub_config.py.in").read_text("utf-8")).substitute(
            shown
        )

    def _values(self) -> str:
        files = {
            f"{name.replace('/', '-').replace('.', '-')}": {
                "mountPath": f"/usr/local/etc/jupyter/{name}",
                "data": content,
            }
            for name, content in self._settings(_LEARNER).items()
        }
        files["nbgrader"] = {
            "mountPath": "/usr/local/etc/jupyter/nbgrader_config.py",
            "stringData": self._learners_nbgrader(),
        }
        told = {
            "course_id": self.course_id,
            "memory": json.dumps(self.memory),
            "exchange": json.dumps(self.exchange),
            "files": json.dumps(files),  # JSON is YAML
            "teachers": json.dumps(list(self.teachers)),
        }
        return Template((_TEMPLATES / "values.yaml.in").read_text("utf-8")).substitute(told)

    def _learners_nbgrader(self) -> str:
        return _LEARNERS_CONFIG.format(course_id=self.course_id, exchange=self.exchange)

    def _settings(self, who: str) -> Mapping[str, Any]:
        """Jupyter's configuration files of one kind of user, by their names in its folder."""
        server = json.loads((SETTINGS / "jupyter_server_config.json").read_text("utf-8"))
        extensions = server["ServerApp"]["jpserver_extensions"]
        for name in extensions:
            if name.startswith(_NBGRADER):
                panel = name.removeprefix(_NBGRADER).replace("_", "-")
                extensions[name] = panel in _PANELS[who]
        page = json.loads((SETTINGS / "labconfig" / "page_config.json").read_text("utf-8"))
        disabled = page["disabledExtensions"]
        del disabled["@jupyter/nbgrader"]
        disabled |= {
            f"@jupyter/nbgrader:{panel}": True for panel in _ALL_PANELS if panel not in _PANELS[who]
        }
        overrides = SETTINGS / "labconfig" / "default_setting_overrides.json"
        return {
            "jupyter_server_config.json": server,
            "jupyter_lab_config.json": json.loads(
                (SETTINGS / "jupyter_lab_config.json").read_text("utf-8")
            ),
            "labconfig/page_config.json": page,
            "labconfig/default_setting_overrides.json": json.loads(overrides.read_text("utf-8")),
        }
