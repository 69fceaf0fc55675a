"""Characters that no text of a form or of an answer may have, whoever wrote it.

The list is one of code points and not of Unicode categories, so that two nodes whose Pythons know different
versions of Unicode judge the same bytes alike.
"""

from __future__ import annotations

import re
from typing import Final

from yeollak.record.unicode14 import known

# Controls, line and paragraph separators, directional formatting (UAX #9), invisible operators, the byte
# order mark, interlinear marks, private use, what is no character, and tags. Joiners and the two direction
# marks stay.
_FAULTY: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff]"
)
_BLANK: Final = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u3164\uffa0]*"
)


def faulty(text: str, *, lines: bool = False) -> bool:
    """Whether `text` has a character that could hide, reorder or break what stands around it or that the
    record cannot have, or is nothing but blank. A line feed is one, unless there may be `lines`.
    """
    if _FAULTY.search(text) or (not lines and "\n" in text) or _BLANK.fullmatch(text):
        return True
    return not known(text)
