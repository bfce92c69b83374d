"""What a learner's code answered, kept so that it can be judged again without being run again.

A judgement depends on the learner only through the replies to the judge's requests. So when a
reference or a message has changed, the judge is asked anew and gets the kept replies, as long as it
makes the very same requests (compared by hash). One different request, and the code has to run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgpack

from grader.core.judgement import judge
from grader.core.question import PreparedQuestion
from grader.core.requests import Reply, Request
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.wire import frames

# Hashes of requests, each with the reply's frame.
Turns = tuple[tuple[bytes, bytes], ...]

# A repair's logits take some 100 KB; what is much larger is no answer of this course.
LARGEST = 8 * 2**20
# The detail of a verdict that says how long the shortest training took.
TRAINED_SECONDS = "trained_seconds"


class _OtherRequestError(Exception):
    """The judge asks something else than it did when the code ran."""


@dataclass(frozen=True)
class RecordedAnswer:
    """One question's answer: what came back for each request, or what was noted without any.

    `limit` is the time the question had, `spent` the time it took, `trained` its shortest training
    (None without one), all in seconds. `turns` pairs the hash of a request with the reply's frame;
    where it is None the driver noted `outcome` and `message`.
    """

    limit: float
    spent: float
    turns: Turns | None = None
    outcome: str = ""
    message: str = ""
    trained: float | None = None


def request_frame(request: Request) -> tuple[bytes, bytes]:
    """A request's frame and its hash."""
    body = frames.pack({"request": frames.request_to_wire(request)})
    return body, hashlib.sha256(body).digest()


def reply_frame(reply: Reply) -> bytes:
    """A reply as it is kept."""
    return frames.pack({"reply": frames.reply_to_wire(reply)})


def dumps(answers: Mapping[str, RecordedAnswer]) -> bytes:
    """All answers of a submission as bytes; empty where they are too large to be worth keeping."""
    rows = {
        name: [a.limit, a.spent, a.outcome, a.message, a.turns, a.trained]
        for name, a in answers.items()
    }
    body: bytes = msgpack.packb(rows)
    return body if len(body) <= LARGEST else b""


def loads(data: bytes) -> dict[str, RecordedAnswer]:
    """Read what `dumps` wrote. Raises ValueError for other bytes."""
    try:
        found = {}
        for name, row in msgpack.unpackb(data).items():
            limit, spent, outcome, message, turns, trained = row
            pairs = None if turns is None else tuple((asked, reply) for asked, reply in turns)
            found[name] = RecordedAnswer(limit, spent, pairs, outcome, message, trained)
    except Exception as error:
        message = f"no kept answers: {error}"
        raise ValueError(message) from error
    return found


def dumps_turns(turns: Mapping[str, Turns] | None) -> bytes:
    """The turns of a submission on their way to another process."""
    body: bytes = msgpack.packb(None if turns is None else dict(turns))
    return body


def loads_turns(body: bytes) -> dict[str, Turns] | None:
    """Read what `dumps_turns` wrote."""
    told = msgpack.unpackb(body)
    if told is None:
        return None
    return {name: tuple((asked, reply) for asked, reply in turns) for name, turns in told.items()}


def judge_again(
    questions: Mapping[str, PreparedQuestion], answers: Mapping[str, RecordedAnswer]
) -> dict[str, Verdict] | None:
    """Verdicts of questions as they are now on kept answers; None where the code has to run."""
    if set(questions) != set(answers):
        return None
    verdicts = {}
    for name, question in questions.items():
        answer = answers[name]
        if question.seconds != answer.limit:
            return None
        try:
            verdict = _judge_one(question, answer)
        except Exception:  # noqa: BLE001 - whatever is wrong with kept answers, a run puts it right
            return None
        details = verdict.details
        if details and answer.trained is not None:  # no request tells it: it was measured
            details = {**details, TRAINED_SECONDS: answer.trained}
        verdicts[name] = replace(verdict, seconds=answer.spent, details=details)
    return verdicts


def _judge_one(question: PreparedQuestion, answer: RecordedAnswer) -> Verdict:
    if answer.turns is None:
        return rule(question, Outcome(answer.outcome), answer.message)
    left = iter(answer.turns)

    def ask(request: Request) -> Reply:
        asked, reply = next(left, (b"", b""))
        if request_frame(request)[1] != asked:
            raise _OtherRequestError
        return frames.reply_from_wire(frames.unpack(reply)["reply"])

    verdict = judge(question, ask)
    if next(left, None) is not None:
        raise _OtherRequestError
    return verdict
