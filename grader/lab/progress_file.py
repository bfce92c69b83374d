"""What a learner has done in one unit: a small JSON file beside the notebook.

`answer`, `check`, `hint`, `door` and `challenge` write it, so that attempts and hints survive a
restart. It holds no points that count. It must never stand in a lesson's way: a file that cannot be
written or read costs a quiet note, once, and nothing else.
"""

import json
from pathlib import Path
from typing import Any

from grader.core import messages
from grader.core.atomic_files import replace_file
from grader.lab import run_context

FILE_NAME = "progress.json"
UNREADABLE = "progress-unreadable.json"
SCHEMA = 1


class UnitProgress:
    """The record of the unit in `folder`: entries by kind ("item", "check", "hint" ...) and id."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """The entry; empty where there is none yet."""
        entry = self._read().get(kind, {}).get(name, {})
        return dict(entry) if isinstance(entry, dict) else {}

    def put(self, kind: str, name: str, entry: dict[str, Any]) -> None:
        """Write the entry, leaving all others as they are in the file now."""
        record = self._read()
        record.setdefault(kind, {})[name] = entry
        try:
            text = json.dumps({"schema": SCHEMA, **record}, indent=1, sort_keys=True)
            replace_file(self._path, text + "\n")
        except OSError as error:
            _tell_once(messages.progress_not_saved(str(self._path), error.strerror or "error"))

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):  # ValueError: no JSON, or no UTF-8
            return self._set_aside()
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            return self._set_aside()
        return {kind: entries for kind, entries in data.items() if isinstance(entries, dict)}

    def _set_aside(self) -> dict[str, dict[str, Any]]:
        """Begin a new record; keep the unreadable file, somebody may want to mend it."""
        try:
            self._path.replace(self._path.with_name(UNREADABLE))
        except OSError:
            _tell_once(messages.progress_not_saved(str(self._path), "it cannot be read"))
        else:
            _tell_once(messages.progress_unreadable(UNREADABLE))
        return {}


def _tell_once(note: str) -> None:
    shown = run_context.current().notes_shown
    if note not in shown:
        shown.add(note)
        print(note)
