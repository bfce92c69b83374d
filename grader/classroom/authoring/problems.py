"""What a check found wrong in a course: a place and a sentence."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One slip. `path` is None where the sentence names its place; `line` is 0 where none is."""

    says: str
    path: Path | None = None
    line: int = 0

    def __str__(self) -> str:
        """Place and sentence, as compilers write them."""
        if self.path is None:
            return self.says
        place = f"{self.path}, line {self.line}" if self.line else str(self.path)
        return f"{place}: {self.says}"


def line_with(path: Path, words: str) -> int:
    """The first line of a text file that holds `words`; 0 where none does."""
    lines = path.read_text(encoding="utf-8").splitlines() if words else []
    return next((number for number, line in enumerate(lines, 1) if words in line), 0)
