"""Files that learners hand in: read safely, placed in `submitted/`, watched."""
