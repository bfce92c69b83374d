"""What code of this package that leans on a library's internals asks for before it does.

Such code lies in one `…_compat` module for each library. `tests/compat` exercises each piece, with
the pinned releases, and by `make newest` with the newest ones.
"""

from importlib.metadata import version

from grader.core.errors import SetupError


def require(library: str, written_for: str, owner: object, *names: str) -> None:
    """Raise SetupError where `owner`, a class or module of `library`, lacks one of `names`.

    `written_for` is the library's version that the code was written against.
    """
    missing = [name for name in names if not hasattr(owner, name)]
    if missing:
        holder = getattr(owner, "__name__", type(owner).__name__)
        message = (
            f"{library} {version(library)} has no {holder}.{missing[0]}, which the grader needs; "
            f"it was written for {library} {written_for}. Install the version that "
            "requirements.txt or requirements-grade.txt names."
        )
        raise SetupError(message)
