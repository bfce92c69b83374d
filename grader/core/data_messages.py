"""What learners read about the data sets beside their notebook."""

from collections.abc import Sequence

_FETCH = (
    "In a folder that nbgrader fetched, `nbgrader fetch_assignment {unit} --course COURSE "
    "--replace` (in the folder above) brings back what is missing and changes nothing else."
)
_ELSEWHERE = (
    "Elsewhere, open the notebook inside the course's folder (`make lab` or `python -m grader lab` "
    "does), or set GRADER_DATA to the course's `data` folder."
)


def missing(name: str, looked: str, known: Sequence[str], unit: str) -> str:
    """Say where a data set was looked for, what is there, and what brings it. `unit` may be ""."""
    found = f"There are: {', '.join(known)}." if known else "No data sets were found there."
    fetch = _FETCH.format(unit=unit) + " " if unit else ""
    return f"There is no data set {name!r} in {looked}. {found} {fetch}{_ELSEWHERE}"


def another_release(name: str, folder: str, differ: Sequence[str], unit: str, release: str) -> str:
    """Say that a data set is not the one that the notebook was released with."""
    files = f"{', '.join(differ)} {'differs' if len(differ) == 1 else 'differ'}"
    return (
        f"Note: the data set {name!r} in {folder} is not the one that release {release} of {unit} "
        f"came with ({files}). Your numbers may differ from the text, and a "
        f"check at home from the marks in class. Move the folder {folder} away and put the one of "
        "your notebook's release there. " + _FETCH.format(unit=unit)
    )


def unreadable(name: str, path: str, error: str, unit: str) -> str:
    """Say that a data set's file is damaged."""
    fetch = _FETCH.format(unit=unit) if unit else ""
    return (
        f"The data set {name!r} cannot be read: {path} is damaged or incomplete ({error}). Delete "
        f"that file and copy it again from where you have the course. {fetch}"
    ).strip()
