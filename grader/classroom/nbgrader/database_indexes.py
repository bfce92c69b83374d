"""Indexes that nbgrader's database lacks: without them each look-up walks a whole class's rows.

nbgrader neither sees nor needs them, and keeps working on a database that has them.
"""

import sqlite3
from contextlib import closing

from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook

from grader.classroom.course_paths import Course

# Columns that nbgrader joins on, each behind another column in its own indexes or in none.
_COLUMNS = (
    Grade.notebook_id,
    Comment.notebook_id,
    SubmittedNotebook.assignment_id,
    SubmittedAssignment.student_id,
)


def add_indexes(course: Course) -> None:
    """Add what is missing to the class's gradebook."""
    with closing(sqlite3.connect(course.gradebook)) as database:
        for column in _COLUMNS:
            table = column.class_.__tablename__
            name = f"grader_{table}_{column.key}"
            database.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column.key})")
        database.commit()
