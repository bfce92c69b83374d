"""Jobs and results as bytes, for the way to another process or machine and back.

What all students of a unit share (a repair's draws, up to 15 MB) is left out of a job and named by
its hash: a worker keeps it, and asks for it when it has not got it. Both ends are trusted and run
the same package, so this is pickle; learner code is on neither end.
"""

import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.classroom.engine.jobs import Job, Result
from grader.core.identity_cache import IdentityCache
from grader.core.question import PreparedQuestion, has_draws

# Units that a worker keeps in memory: a class is graded unit by unit.
KEPT = 4


@dataclass(frozen=True)
class SerializedJob:
    """A job without what is shared; `shared` names the left-out questions' hashes."""

    job: bytes
    shared: Mapping[str, str]


@dataclass(frozen=True)
class MissingQuestions:
    """What a worker answers when it has to be sent shared questions first."""

    hashes: tuple[str, ...]


class Packer:
    """The grader's side: packs jobs and remembers what they share."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._hashes = IdentityCache(self._pickle)

    def pack(self, job: Job) -> SerializedJob:
        """A job as bytes."""
        shared = {n: self._hashes.get(q) for n, q in job.questions.items() if has_draws(q)}
        own = {name: q for name, q in job.questions.items() if name not in shared}
        order = tuple(job.questions)
        rest = replace(job, questions={}, files=dict(job.files))
        return SerializedJob(pickle.dumps((rest, own, order)), shared)

    def bodies(self, lacking: MissingQuestions) -> dict[str, bytes]:
        """What a worker asked for."""
        return {name: self._bodies[name] for name in lacking.hashes}

    def _pickle(self, question: PreparedQuestion) -> str:
        body = pickle.dumps(question)
        name = hashlib.sha256(body).hexdigest()
        self._bodies[name] = body
        return name


@dataclass
class Unpacker:
    """The worker's side: keeps what jobs share."""

    _kept: dict[str, PreparedQuestion] = field(default_factory=dict)

    def unpack(self, packed: SerializedJob, bodies: Mapping[str, bytes]) -> Job | MissingQuestions:
        """The job, or what is needed to unpack it."""
        for name, body in bodies.items():
            self._kept[name] = pickle.loads(body)  # noqa: S301 - from the grader, see above
        lacking = tuple(name for name in packed.shared.values() if name not in self._kept)
        if lacking:
            return MissingQuestions(lacking)
        while len(self._kept) > max(KEPT, len(packed.shared)):
            oldest = next(name for name in self._kept if name not in packed.shared.values())
            del self._kept[oldest]
        rest, own, order = pickle.loads(packed.job)  # noqa: S301
        every = own | {name: self._kept[hashed] for name, hashed in packed.shared.items()}
        job: Job = rest
        return replace(job, questions={name: every[name] for name in order})


def pack_result(result: Result) -> bytes:
    """A result as bytes."""
    return pickle.dumps(replace(result))


def unpack_result(data: bytes) -> Result:
    """Read what `pack_result` wrote."""
    made: Result = pickle.loads(data)  # noqa: S301 - from a worker, which is trusted
    return made
