"""From lesson.py to the notebooks that learners get."""
