"""`!command` without a terminal of its own, which would need a session of its own."""

import codecs
import subprocess
import sys

from grader.core.interrupts import until_interrupted

# A command that was interrupted may tidy up for so long.
LAST_SECONDS = 0.5


def system(command: str) -> int:
    """Run `command` in a shell and print what it says as it comes; IPython's `system` for `!`.

    Returns its exit code, negative for the signal that ended it. Its standard input is empty.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    with process:
        with until_interrupted() as interruption:
            while process.stdout and (part := process.stdout.read(65536)):
                sys.stdout.write(decoder.decode(part))
                sys.stdout.flush()
            sys.stdout.write(decoder.decode(b"", final=True))
        if interruption.came:
            # as in IPython, `!` itself raises nothing; the command has had the interrupt, too
            try:
                process.wait(LAST_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
    return process.returncode
