"""Matter ids: which piece of business an act belongs to.

A matter's id is the id of its opening act, or, where either side may open the same thing, a digest of its
natural key (clarifications 1).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from yeollak.procedures.kinds import COMMON
from yeollak.procedures.table import Move, Procedure, Void


@lru_cache(maxsize=4096)
def natural_id(office: str, family: str, key: str) -> str:
    """SHA-256("yeollak/matter/1" ‖ 0 ‖ office id ‖ procedure ‖ 0 ‖ key), 64 hex digits."""
    parts = b"yeollak/matter/1\x00" + office.encode() + family.encode() + b"\x00" + key.encode()
    return hashlib.sha256(parts).hexdigest()


def matter_of(office: str, procedure: Procedure | None, move: Move, named: str | None) -> str:
    """The id of the matter that an act belongs to, where `named` is what its document says.

    Raises Void: `matter` when an act of a natural key names another matter, `facts` when it lacks the key.
    """
    if procedure is None or procedure.key is None or move.kind in COMMON:
        return named if named is not None else move.id
    own = natural_id(office, procedure.family, procedure.key.of(move))
    if named != own:
        raise Void("matter")
    return own
