"""`reveal`: after a run, what the learner had predicted, what happened, and why.

A prediction is noted without a verdict (`answer`). The cell that shows what happens ends with
`reveal`, which confronts the two; from then on the item speaks as any other.
"""

from pathlib import Path

from grader.core import messages, quiz_messages, unit_file
from grader.core.errors import GraderError
from grader.core.quiz import PREDICT
from grader.lab import frontend
from grader.lab.cards import say
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz.record import ItemRecord


def reveal(item: str) -> None:
    """Say what was predicted, what happened and why; last line of the cell that shows it.

    The guess that counts is the one noted before the first reveal. In a graded run it does nothing.

    Args:
        item: str, the id of a prediction, such as "rnn-predict-1".

    Example:
        >>> lab.reveal("rnn-predict-1")
        You made no guess this time. **What happened: c.** ...
    """
    if not frontend.is_graded():
        say(_confronted(item))


def _confronted(name: str) -> str:
    try:
        item = unit_file.find(Path.cwd()).quiz.get(name)
    except GraderError as error:
        return str(error)
    if item is None or item.kind != PREDICT:
        return quiz_messages.no_prediction(name)
    if item.answer is None:
        return messages.KEY_WITHHELD
    predicted = ItemRecord(item, UnitProgress(Path.cwd()))
    predicted.reveal()
    guess = item.option(predicted.guess)
    happened = next(option for option in item.options if option.key == item.answer)
    told = quiz_messages.happened(happened.key, happened.text)
    if guess is None:
        return f"{quiz_messages.NO_GUESS} {told}\n\n{item.explanation}"
    said = quiz_messages.guessed(guess.key, guess.text, right=guess is happened)
    if guess is happened:
        return f"{said}\n\n{item.explanation}"
    return f"{said}\n\n{told}\n\n{guess.why} {item.explanation}"
