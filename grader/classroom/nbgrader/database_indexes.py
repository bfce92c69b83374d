"""Indexes that nbgrader's database lacks: without them each look-up walks a whole class's rows.

nbgrader neither sees nor needs them, and keeps working on a database that has them.
"""

import sqlite3
from contextlib import closing

from grader.classroom.course_paths import Course

# Columns that nbgrader joins on, each behind another column in its own indexes or in none.
_COLUMNS = (
    ("grade", "notebook_id"),
    ("comment", "notebook_id"),
    ("submitted_notebook", "assignment_id"),
    ("submitted_assignment", "student_id"),
)


def add_indexes(course: Course) -> None:
    """Add what is missing to the class's gradebook."""
    with closing(sqlite3.connect(course.gradebook)) as database:
        for table, column in _COLUMNS:
            name = f"grader_{table}_{column}"
            database.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})")
        database.commit()
