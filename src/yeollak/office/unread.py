"""What was delivered to a side and of which it has signed nothing since: no officer has received or read it,
it was shown to nobody, translated by nobody and not answered.

*View* = state alone. No procedure knows a duty to read, and none is made here: a delivery without a due waits
for nobody (`expected`), and this says only that nobody has signed that he has it. What went by another route
was not delivered here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: The phases in which a text is held by whom it was delivered to and may not have been read, by procedure.
DELIVERED: Final[Mapping[str, tuple[str, ...]]] = {
    "note": ("delivered", "unanswered"),
    "request": ("asked", "unanswered"),
}
#: The acts that deliver.
DELIVERIES: Final = frozenset({"note.deliver", "note.send", "request.ask"})
#: A side's own slots, each of which says that it has the text.
_SIGNS: Final = ("received", "read", "shown", "answer")


def unread(procedure: str, phase: str, slots: Mapping[str, Any], side: str) -> bool:
    """Whether a matter in this state holds what was delivered to `side` and what that side has not signed to
    have.
    """
    if phase not in DELIVERED.get(procedure, ()) or side not in slots.get("to", ()):
        return False
    if any(f"{sign}/{side}" in slots for sign in _SIGNS):
        return False
    # A stage of a translation is its side's own; items of a request are decided by its only addressee.
    return not any(
        (name.startswith("translated/") and name.endswith(f"/{side}")) or name.startswith("decision/")
        for name in slots
    )
