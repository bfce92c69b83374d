"""Plan, run and keep what a class handed in; nothing here knows nbgrader."""
