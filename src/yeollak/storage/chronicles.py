"""What an enclosure tells the public: a `chronicle/1`, and whose it is.

The JSON is another side's: it is bounded and decoded, not checked.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import enclosure
from yeollak.record.enclosure import SALT, unwrap_private

#: The largest enclosure that is looked at for a chronicle, in bytes.
MAX_CHRONICLE: Final = 256 * 1024
_FORM: Final = b'"chronicle/1"'
#: The side whose an enclosure is, and what it tells: an act of another side that names it tells nothing.
Value = tuple[str, object]


def telling(office: str, sides: Collection[str], digest: str, blob: bytes) -> Value | None:
    """What an enclosure tells, with the side that has committed to it."""
    value = chronicle(blob)
    side = enclosure.owner(office, sides, digest, blob) if value is not None else None
    return None if side is None else (side, value)


def chronicle(blob: bytes) -> object | None:
    """The JSON of a stored enclosure that is a `chronicle/1`, decoded and not checked; else None."""
    content = blob[SALT:]
    if len(content) > MAX_CHRONICLE or _FORM not in content:
        return None
    try:
        # What was delivered after consent is still wrapped as it was committed to.
        text = content if content.startswith(b"{") else unwrap_private(content).content
        value: object = json.loads(text)
    except (RecordFault, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("form") == "chronicle/1" else None
