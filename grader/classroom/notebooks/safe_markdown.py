"""A learner's Markdown as formgrader may render it: formatting, maths and code, nothing that acts.

formgrader renders what learners wrote in the teacher's browser and cleans nothing. What begins a
tag, a link or a picture is parted by one blank, which changes nothing else: a `<` in maths or code
stays a `<`, and the renderer escapes it, once. Pictures that were pasted are shown.
"""

import re
from collections.abc import Collection

# A tag, a comment, a declaration or an address in `<…>` begins like this, whatever follows.
_TAG = re.compile(r"<(?=[^\s\d=<])")
# A link needs its bracket and its address side by side, a definition its bracket and its colon.
_LINK = re.compile(r"\]\((?:attachment:([\w.-]+)\))?")


def harmless(source: str, pictures: Collection[str] = ()) -> str:
    """`source` without tags and links; `pictures` are the names of the cell's own."""

    def parted(found: re.Match[str]) -> str:
        return found.group() if found.group(1) in pictures else f"] {found.group()[1:]}"

    return _LINK.sub(parted, _TAG.sub("< ", source)).replace("]:", "] :")
