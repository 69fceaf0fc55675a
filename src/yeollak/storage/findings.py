"""Findings as rows: what counting has found of an entry, as the store keeps it and as the office reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from yeollak.office.charter import Charter
from yeollak.office.ledger import Counted
from yeollak.procedures.table import Move

#: What an act without facts has instead of them is no dict.
_ENCODER: Final = msgspec.json.Encoder(order="deterministic", enc_hook=dict)
_MOVE: Final = msgspec.json.Decoder(Move)
_VECTOR: Final = msgspec.json.Decoder(tuple[int, ...])


def finding_of(found: Counted, office: str, at: Any) -> tuple[Any, ...]:
    """The row of a finding, in the order of `plain.FINDING_ROW`; `at` is as the database keeps instants."""
    move = found.move
    return (
        office,
        found.place,
        found.index,
        found.id,
        found.matter,
        found.procedure,
        found.turn,
        f"[{', '.join(map(str, found.vector))}]",
        found.void,
        None if move is None else _ENCODER.encode(move).decode(),
        found.key,
        at,
    )


#: The columns of a finding from which `counted_of` makes it.
COLUMNS = ("place", "index", "act", "matter", "procedure", "turn", "vector", "void", "move", "key")


def counted_of(row: Sequence[Any], charter: Charter) -> Counted:
    """The finding in a row of `COLUMNS`."""
    place, index, act, matter, procedure, turn, vector, void, move, key = row
    return Counted(
        side=charter.sides[place],
        place=place,
        index=index,
        id=act,
        matter=matter,
        procedure=procedure,
        turn=turn,
        vector=_VECTOR.decode(vector),
        void=void,
        move=None if move is None else _MOVE.decode(move),
        key=bytes(key),
    )
