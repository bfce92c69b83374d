"""Internals of nbgrader, and of SQLAlchemy and nbconvert below it, written for nbgrader 0.9.6.

What nbgrader offers publicly is used elsewhere: preprocessors, converters, exchange classes, hooks
and configuration. Here is what has no such way. Seconds are of one processor for one submission of
a unit of 159 cells, or as stated.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from logging import Logger
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader import api
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

from grader.classroom.nbgrader.transactions import PATIENCE_SECONDS, DeferredConnection
from grader.classroom.submissions.student_names import is_student_name
from grader.classroom.submissions.timestamps import read_timestamp
from grader.core.library_internals import require

WRITTEN_FOR = "0.9.6"


def check_internals() -> None:
    """Raise SetupError where this nbgrader lacks what is replaced or read here."""
    for owner, names in (
        (api, ("create_engine", "get_alembic_version")),
        (api.Base.metadata, ("create_all",)),
        (Autograde, ("_sanitizing",)),
        (CourseDirectory, ("get_existing_timestamp",)),
        (ExchangeCollect, ("_path_to_record",)),
    ):
        require("nbgrader", WRITTEN_FOR, owner, *names)
    require("sqlalchemy", "2.0", Engine, "dispose")
    require("nbconvert", "7.17", Exporter, "from_notebook_node")


@contextmanager
def shared_engines() -> Iterator[None]:
    """Have nbgrader open each gradebook once, on a connection that can hold commits back.

    nbgrader makes an engine and looks for all its tables whenever it opens its gradebook, nine
    times for each submission, and `Gradebook` takes no engine. Inside another such block the
    engines of that one serve: two connections would lock each other out.
    """
    check_internals()
    tables = api.Base.metadata
    before = (api.create_engine, api.get_alembic_version, tables.create_all)
    own = None if isinstance(api.create_engine, EngineCache) else EngineCache(api.create_engine)
    try:
        if own:
            api.create_engine, tables.create_all = own, own.once(tables.create_all)
        # for each new database nbgrader starts `alembic` by its name, which need not be on PATH,
        # and waits two seconds for one word
        api.get_alembic_version = schema_version
        yield
    finally:
        api.create_engine, api.get_alembic_version, tables.create_all = before
        if own:
            own.close()


@cache
def schema_version() -> str:
    """The version of nbgrader's database schema, as `nbgrader.api.get_alembic_version` says it."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


class EngineCache:
    """Stands for SQLAlchemy's `create_engine` in nbgrader: one engine a database, one connection.

    nbgrader opens and disposes of its database nine times for each submission. An engine that it
    gets back has compiled its statements before.
    """

    def __init__(self, create: Callable[..., Any]) -> None:
        """`create`: the function to stand for."""
        self.create = create
        self._made: dict[str, tuple[Any, Callable[[], None]]] = {}
        self._complete: set[Any] = set()

    def __call__(self, url: str, **options: Any) -> Any:
        """The engine of this database; its `dispose` does nothing."""
        if url not in self._made:
            own = {
                "factory": DeferredConnection,
                "timeout": PATIENCE_SECONDS,
                "check_same_thread": False,
            }
            engine = self.create(url, poolclass=StaticPool, connect_args=own, **options)
            self._made[url] = (engine, engine.dispose)
            engine.dispose = lambda: None
        return self._made[url][0]

    def once(self, create_all: Callable[..., None]) -> Callable[[Any], None]:
        """SQLAlchemy's `create_all`, which looks for every table, once for each engine."""

        def create_missing(bind: Any) -> None:
            if bind not in self._complete:
                create_all(bind=bind)
                self._complete.add(bind)

        return create_missing

    def close(self) -> None:
        """Close every connection."""
        for _, dispose in self._made.values():
            dispose()


def is_sanitizing(converter: Any) -> bool:
    """Whether nbgrader's Autograde is at its first step, which reads what was handed in.

    Both steps write into the same folder, and neither a hook nor the resources tell them apart.
    """
    return bool(getattr(converter, "_sanitizing", False))


def read_timestamps(coursedir: CourseDirectory, log: Logger) -> None:
    """Have nbgrader read timestamp.txt as hostile text wherever this course's folder is asked.

    nbgrader's own raises on a word that is no time, which stops a class, and waits on a pipe;
    `CourseDirectory` cannot be exchanged by configuration.
    """

    def existing_timestamp(folder: str) -> datetime | None:
        """When a submission was handed in, as nbgrader stores it: UTC, without a zone."""
        found = read_timestamp(Path(folder))
        if found.problem:
            log.warning("%s", found.problem)
        return found.time.replace(tzinfo=None) if found.time else None

    coursedir.get_existing_timestamp = existing_timestamp


class NamedSubmissions(ExchangeCollect):  # type: ignore[misc]
    """nbgrader's collect, in which a folder with a name that submitting never gives is nobody's.

    nbgrader's own raises on the first such name, which stops a class.
    """

    def _path_to_record(self, path: str) -> Any:
        name = Path(path).name
        try:
            record = super()._path_to_record(path)
        except (ExchangeError, ValueError, OverflowError):
            record = {"username": "", "filename": name, "timestamp": datetime.min}  # noqa: DTZ901
        if not is_student_name(record["username"]):
            record["username"] = f"+{name}"  # nobody's, and another for each
        return record


class UnsharedNotebook(NotebookNode):
    """A notebook that nobody else holds: a deep copy of it is itself.

    nbconvert copies what it is given, twice at each of the two steps, 0.013 s a copy, and offers no
    way to leave that out.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> "UnsharedNotebook":
        return self
