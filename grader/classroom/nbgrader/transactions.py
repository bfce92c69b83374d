"""Many of nbgrader's commits as one transaction.

nbgrader commits after each cell, and each commit waits for the disk: a hundred times for one
submission. In `one_transaction` they wait once, at its end; a kill before that leaves the gradebook
as it was before the submission, and whoever reads it meanwhile sees that, too.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

# Formgrader may be writing a teacher's comment; it never takes that long.
PATIENCE_SECONDS = 60.0


class DeferredConnection(sqlite3.Connection):
    """A connection whose commits can be held back: `hold`, then `settle` or `drop`.

    While they are held, a commit is a savepoint, so that a rollback goes back as far as it would.
    """

    _holds = False
    _has_savepoint = False

    def hold(self) -> None:
        """Begin to keep commits back; others can read the database from here on, and not write."""
        self.execute("BEGIN IMMEDIATE")
        self._holds = True

    def settle(self) -> None:
        """Write all that was committed, and hold nothing back any more."""
        self._let_go()
        super().commit()

    def drop(self) -> None:
        """Forget all that was committed since `hold`, if it is not settled."""
        self._let_go()
        super().rollback()

    def commit(self) -> None:
        """Commit, or note that this much is to be kept."""
        if not self._holds:
            super().commit()
            return
        if self._has_savepoint:
            self.execute("RELEASE committed")
        self.execute("SAVEPOINT committed")
        self._has_savepoint = True

    def rollback(self) -> None:
        """Go back to the last commit."""
        if not self._holds:
            super().rollback()
        elif self._has_savepoint:
            self.execute("ROLLBACK TO committed")
        else:
            super().rollback()
            self.execute("BEGIN IMMEDIATE")

    def _let_go(self) -> None:
        self._holds = self._has_savepoint = False


@contextmanager
def one_transaction(db_url: str) -> Iterator[DeferredConnection]:
    """Hold back what nbgrader commits; settled at the end, dropped where something is raised.

    Only inside `inprocess.nbgrader_environment`, where engines make a `DeferredConnection`.
    """
    from nbgrader import api

    connection = api.create_engine(db_url, echo=False, future=True).raw_connection()
    held: DeferredConnection = connection.driver_connection
    held.hold()
    try:
        yield held
    except BaseException:
        held.drop()
        raise
    else:
        held.settle()
    finally:
        connection.close()
