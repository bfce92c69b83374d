"""What an author of a course is given: working examples to write over, and checks of what is there.

`grader new` and `grader check` call this. It loads question files and runs lessons, so it belongs
where the course is trusted, as a release does.
"""
