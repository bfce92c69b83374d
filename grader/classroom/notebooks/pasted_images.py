"""Pictures that a learner pasted into a text cell: kept where they are pictures, and not too many.

JupyterLab keeps them in the cell, as `attachments`: by name, by type, in base64. A browser shows
them with a teacher's rights, so only pictures made of points are taken, and their first bytes must
agree with the type that they claim.
"""

import base64
import binascii
import re

LARGEST_PICTURE = 4 * 1024 * 1024
MOST_PICTURES = 8
"""Of one cell."""

_NAME = re.compile(r"[\w .()-]{1,100}")
_STARTS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}


def pictures(attachments: object) -> dict[str, dict[str, str]]:
    """The pictures of a cell's `attachments`, by name and type; all else is left out."""
    if not isinstance(attachments, dict):
        return {}
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items():
        if len(kept) == MOST_PICTURES:
            break
        if _NAME.fullmatch(name) is None or not isinstance(bundle, dict):
            continue
        found = ((kind, _picture(kind, bundle.get(kind))) for kind in _STARTS)
        safe = {kind: data for kind, data in found if data}
        if safe:
            kept[name] = safe
    return kept


def _picture(kind: str, data: object) -> str:
    """The picture in base64 without blanks, or nothing where it is none."""
    if isinstance(data, list) and all(isinstance(part, str) for part in data):
        data = "".join(data)
    if not isinstance(data, str) or len(data) > LARGEST_PICTURE * 4 // 3 + 4:
        return ""
    plain = "".join(data.split())
    try:
        content = base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return plain if content.startswith(_STARTS[kind]) else ""
