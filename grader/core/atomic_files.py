"""Replace a file in one step: whoever stops in the middle leaves the old content or the new one."""

import contextlib
import os
import threading
from pathlib import Path

DRAFT = ".draft"


def replace_file(path: Path, content: bytes | str) -> None:
    """Write `content` beside `path`, text as UTF-8, and rename it there.

    Raises OSError, and then leaves no draft behind. A draft's name ends in the process's number and
    `DRAFT`, so that the drafts of a process that was killed can be told.
    """
    body = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{threading.get_ident()}.{os.getpid()}{DRAFT}")
    try:
        draft.write_bytes(body)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
