"""Every sentence that a learner reads about quiz items, hints, the door and the challenge."""

from __future__ import annotations


def choose(keys: list[str]) -> str:
    """Ask for an answer."""
    return f"Write your answer between the quotes, {' or '.join(keys)}, and run the cell again."


def not_an_option(choice: object, keys: list[str]) -> str:
    """Say that an answer is none of the options."""
    options = ", ".join(keys)
    return f"You answered {choice!r}. The options are {options}: write one of them, in quotes."


def no_item(name: str) -> str:
    """Say that the quiz has no such item."""
    return f"The quiz of this unit has nothing called {name!r}. Is its name spelt as in the text?"


def attempts(count: int) -> str:
    """`first attempt`, `3 attempts`."""
    return "first attempt" if count == 1 else f"{count} attempts"


MARKED_IN_CLASS = "Your answers are noted here, and your teacher's grader marks them."


def challenge_begins(count: int, minutes: float, *, has_keys: bool = True) -> str:
    """Start a challenge; without its keys (a class's hand-out) there is no badge to be earned."""
    if not has_keys:
        return (
            f"The clock runs: {count} problems, {minutes:g} minutes each. Running over costs "
            f"nothing. {MARKED_IN_CLASS}"
        )
    return (
        f"The clock runs: {count} problems, {minutes:g} minutes each, two attempts each. Running "
        "over costs nothing; all right within two attempts earns the badge."
    )


def challenge_time(seconds: float, allowed: float) -> str:
    """Say how long after the start an answer came."""
    minutes, rest = divmod(int(seconds), 60)
    inside = "in time" if seconds <= allowed else "over time, which costs nothing"
    return f"{minutes}:{rest:02d} on the clock ({inside})"


def challenge_attempt(count: int, allowed: int) -> str:
    """Say which attempt this was."""
    if count > allowed:
        return f"attempt {count}: for practice, the badge counts the first {allowed}"
    return f"attempt {count} of {allowed}"


def badge(unit: str) -> str:
    """All challenge problems right within the counted attempts."""
    return f"★ {unit.upper()} mastery: every problem of this challenge right. The badge is yours."


def hint_closed(count: int) -> str:
    """Say that there are hints, and how to open one."""
    return f"{count} hints wait here. Change the number in this cell to 1 to open the first."


HINTS = "Hints"


def hints_open(shown: int, count: int) -> str:
    """How many hints of a question stand open."""
    return f"{shown} of {count} open"


def open_hint(number: int, count: int) -> str:
    """The word on the button that opens a hint."""
    return f"Open hint {number} of {count}"


def hint_title(number: int, count: int) -> str:
    """The heading of one hint."""
    return f"Hint {number} of {count}"


def no_hints(question_id: str) -> str:
    """Say that a question has no hints."""
    return f"There are no hints for {question_id!r}. Check the spelling of its name."


def door_form(got: int, expected: int) -> str:
    """Say that the door's letters do not match its questions."""
    return (
        f"You gave {got} letters for {expected} questions. Write one letter for each, in order, "
        'for instance "abcda-cdab"; a "-" means "I do not know yet".'
    )


def door_closed(expected: int) -> str:
    """Ask for the door's letters."""
    return (
        f"Write your {expected} letters between the quotes, in order, and run the cell again; "
        'a "-" means "I do not know yet". Or skip the door and read on.'
    )


def door_result(right: int, count: int) -> str:
    """The door's score and what it means."""
    if right == count:
        return f"{right} of {count}: you know all this. Go straight to the repair."
    return f"{right} of {count}. Read the sections named below; you can pass over the others."


EVERY_CHOICE = "All the choices:"
CHECK = "Check"
NOTE_GUESS = "Note my guess"
NO_GUESS = "You made no guess this time."


def guess_noted(key: str) -> str:
    """A prediction's letter is kept; nothing is said about it before its run."""
    return f"Your guess, **{key}**, is noted. Now run the cells below: they say what happens."


def guessed(key: str, text: str, *, right: bool) -> str:
    """What was predicted, after the run."""
    if right:
        return f"✔ **You guessed {key}**, and so it happened. {text}"
    return f"✘ **You guessed {key}.** {text}"


def happened(key: str, text: str) -> str:
    """What the run shows, in the words of the choice that says so."""
    return f"**What happened: {key}.** {text}"


def no_prediction(name: str) -> str:
    """Say that there is no such prediction to reveal."""
    return (
        f"The quiz of this unit has no prediction called {name!r}. Expected the id of an item "
        'whose kind is "predict", such as "rnn-predict-1".'
    )


def ruled_out(key: str, why: str) -> str:
    """A hint that rules out one choice."""
    return f"It is not **{key}**. {why}"


def status(right: bool | None, count: int) -> str:  # noqa: FBT001  a verdict, not a switch
    """A line beside the buttons of an item."""
    if right is None:
        return "noted"
    return f"{'✔ right' if right else '✘ not yet'}, {attempts(count)}"


def challenge_title(unit: str) -> str:
    """The heading of a challenge's panel."""
    return f"{unit.upper()} challenge"


def challenge_door(
    count: int, minutes: float, to_do: int | None, *, earned: bool, has_keys: bool = True
) -> tuple[str, str]:
    """What a challenge's panel says between problems, and the word on its button.

    `to_do` is the place of the first problem that is not done, None where all are. Without keys
    nothing is judged here, so neither a badge nor reasons are promised.
    """
    if has_keys:
        rules = (
            f"{count} problems, one at a time, {minutes:g} minutes and two attempts each. The "
            "clock is there to be seen: running over costs nothing. All right within two attempts "
            "earns the badge."
        )
    else:
        rules = (
            f"{count} problems, one at a time, {minutes:g} minutes each. The clock is there to be "
            f"seen: running over costs nothing. {MARKED_IN_CLASS}"
        )
    if to_do == 0:
        return rules, "Start the clock"
    if to_do is not None:
        return f"{rules}\n\nYou are at problem {to_do + 1}.", "Go on"
    if not has_keys:
        return (
            f"All {count} problems are answered. {MARKED_IN_CLASS} Until you hand in, you can "
            "still change a letter in its cell.",
            "Look again",
        )
    if earned:
        return "★ Every problem right. The badge below is yours.", "Look again"
    return (
        "All problems done; not each within two attempts, so no badge this time. What counts is "
        "that you know now why: the reasons stand with each problem.",
        "Look again",
    )


def challenge_row(title: str, right: bool | None, count: int, seconds: float | None) -> str:  # noqa: FBT001
    """One problem in the table of results."""
    mark = {True: "✔ right", False: "✘ not yet", None: "noted" if count else "–"}[right]
    time = "" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    return f"| {title} | {mark} | {count or ''} | {time} |"
